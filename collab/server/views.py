"""Pages that belong to the whole house."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from collab import __version__

from . import health as state


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """503 without the database. Without Valkey the site serves, only its live messages are late: 200."""
    database = state.database()
    facts = {"database": database, "valkey": state.hints(), "version": __version__}
    return JsonResponse(facts, status=200 if database == "ok" else 503)
