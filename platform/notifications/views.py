"""The page of notifications, and where each of its links leads."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from people.signed_in import person_of

from . import selectors, services
from .sentences import icon_of, sentence

A_PAGE = 30


@login_required
@require_GET
def list_notifications(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    page = Paginator(selectors.inbox_of(person.pk), A_PAGE).get_page(request.GET.get("page"))
    lines = [{"notification": one, "sentence": sentence(one), "icon": icon_of(one)} for one in page]
    return render(
        request,
        "notifications/list.html",
        {
            "page": page,
            "lines": lines,
            "unread": selectors.unread_count(person.pk),
            "newest": selectors.newest_number(person.pk),
        },
    )


@login_required
@never_cache
@require_GET
def open_notification(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """Reading it is following its link."""
    notification = selectors.notification_for(person_of(request), notification_id)
    services.mark_read(person=person_of(request), ids=[notification.pk])
    return redirect(notification.url)


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """All that the page showed: what came since stays unread."""
    up_to = request.POST.get("up_to", "")
    if up_to.isascii() and up_to.isdigit() and len(up_to) < 18:
        services.mark_read(person=person_of(request), up_to=int(up_to))
    return redirect("notifications:list")
