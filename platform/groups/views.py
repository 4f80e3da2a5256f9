"""Pages of groups."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from . import selectors
from .models import Group

A_PAGE = 24


def list_groups(request: HttpRequest) -> HttpResponse:
    page = Paginator(Group.objects.select_related("commune"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "groups/list.html", {"page": page})


def detail(request: HttpRequest, group_id: UUID) -> HttpResponse:
    group = selectors.group_for(request.user, group_id)
    return render(request, "groups/detail.html", {"group": group})
