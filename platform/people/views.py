"""Pages of one's own account, and the list of communes that forms ask for."""

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from . import selectors, services
from .forms import ProfileForm, suggestions
from .signed_in import person_of

COMMUNES_SECONDS = 3600


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    form = _profile_form(request)
    if request.method == "POST" and form.is_valid():
        return _described(request, form, reverse("people:profile"), _("C’est enregistré."))
    return render(request, "people/profile.html", {"form": form})


@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """The step after the first sign-in: a name, perhaps a commune."""
    form = _profile_form(request)
    following = _safe_next(request)
    if request.method == "POST" and form.is_valid():
        return _described(request, form, following, "")
    return render(request, "people/welcome.html", {"form": form, "next": following})


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """For a person it is kept with the account, for a visitor in a cookie."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        services.choose_language(person_id=request.user.pk, language=code)
    response = redirect(_safe_next(request))
    _remember_language(response, code)
    return response


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    UserSession.objects.create_from_request(request)  # who was signed in by other means than allauth has no row yet
    devices = selectors.devices_of(person_of(request), request.session.session_key)
    return render(request, "people/sessions.html", {"devices": devices})


@login_required
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    services.end_session(by=person_of(request), session_id=session_id)
    messages.success(request, _("Appareil déconnecté."))
    return redirect("people:sessions")


@login_required
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    count = services.end_other_sessions(by=person_of(request), but_key=request.session.session_key)
    told = ngettext("%(count)s appareil déconnecté.", "%(count)s appareils déconnectés.", count) % {"count": count}
    messages.success(request, told)
    return redirect("people:sessions")


@require_GET
def communes(request: HttpRequest) -> HttpResponse:
    """Public data: anybody may ask, and browsers may keep the answer."""
    response = JsonResponse({"communes": suggestions(request.GET.get("q", ""))})
    response.headers["Cache-Control"] = f"public, max-age={COMMUNES_SECONDS}"
    return response


def _profile_form(request: HttpRequest) -> ProfileForm:
    person = person_of(request)
    initial = {"name": person.name, "commune": person.commune, "language": person.language}
    return ProfileForm(request.POST if request.method == "POST" else None, initial=initial)


def _described(request: HttpRequest, form: ProfileForm, following: str, told: str) -> HttpResponse:
    person = services.describe_person(person_id=person_of(request).pk, **form.cleaned_data)
    translation.activate(person.language)
    if told:
        messages.success(request, translation.gettext(told))
    response = redirect(following)
    _remember_language(response, person.language)
    return response


def _remember_language(response: HttpResponse, code: str) -> None:
    """Also for signed-in people: the sign-in page after a sign-out speaks their language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, code, max_age=settings.SESSION_COOKIE_AGE, samesite="Lax", httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def _safe_next(request: HttpRequest) -> str:
    """Where to go on, if it is one of our own pages."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("home")
