"""A call alone on its page, for a second screen or a phone. The room's page holds the same element."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.models import Person

from .access import right_in


@require_safe
@login_required
def call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    assert isinstance(request.user, Person)
    right = right_in(request.user, call_id)
    return render(request, "video/call.html", {"call_id": call_id, "right": right.name.lower()})
