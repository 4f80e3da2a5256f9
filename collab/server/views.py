"""Pages that belong to the whole house."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from collab import __version__
from people.forms import CommuneSearchForm
from people.models import Person

from . import health as state
from . import home as contents


def home(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, Person):
        return render(request, "home/dashboard.html", {"home": contents.dashboard(request.user)})
    form = CommuneSearchForm(request.GET or None)
    commune = form.cleaned_data["place"] if form.is_bound and form.is_valid() else None
    return render(request, "home/welcome.html", {"home": contents.welcome(commune), "form": form})


@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """503 without the database. Without Valkey the site serves, only its live messages are late: 200."""
    database = state.database()
    facts = {"database": database, "valkey": state.hints(), "version": __version__}
    return JsonResponse(facts, status=200 if database == "ok" else 503)
