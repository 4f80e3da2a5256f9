"""Pages of groups."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from . import selectors


def detail(request: HttpRequest, group_id: UUID) -> HttpResponse:
    group = selectors.group_for(request.user, group_id)
    return render(request, "groups/detail.html", {"group": group})
