"""How collab bends allauth: codes by mail, no password, no user name, a welcome before the first page."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from .models import Person


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def get_client_ip(self, request: HttpRequest) -> str:
        """A proxy on a unix socket hides the address: then all share one limit, which is wide."""
        return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        user.language = (translation.get_language() or "fr")[:2]
        saved: Person = super().save_user(request, user, form, commit)
        return saved

    def post_login(self, request: HttpRequest, user: Person, *, redirect_url: str | None, **more: Any) -> HttpResponse:
        """Who has no name yet is asked for one, then goes where she was going."""
        if not user.name:
            wanted = redirect_url or reverse("home")
            redirect_url = f"{reverse('people:welcome')}?{urlencode({'next': wanted})}"
        response: HttpResponse = super().post_login(request, user, redirect_url=redirect_url, **more)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of whoever has the address, not of whoever typed it."""
        language = Person.objects.filter(emailaddress__email__iexact=email).values_list("language", flat=True).first()
        with translation.override(language or translation.get_language()):
            super().send_mail(template_prefix, email, context)

    def send_account_already_exists_mail(self, email: str) -> None:
        login_url = self.request.build_absolute_uri(reverse("account_login"))
        self.send_mail("account/email/account_already_exists", email, {"login_url": login_url})
