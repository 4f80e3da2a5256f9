"""For whoever tries collab on her own machine: the mails it sends, and links that sign in. Off in production."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import wraps
from pathlib import Path

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from .models import Person

SALT = "people.dev.login"
LINK_SECONDS = 7 * 24 * 3600
LATEST_MAILS = 30
CODE = re.compile(r"^[A-Z]{3}-[A-Z]{3}$", re.MULTILINE)
SEPARATOR = re.compile(rb"^-{79}$", re.MULTILINE)  # Django's file backend writes it after each mail

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str
    date: str
    text: str
    code: str


def login_link(person: Person) -> str:
    """The path of a page that signs the person in at once, for a week."""
    return reverse("dev_login", args=[signing.dumps(str(person.pk), salt=SALT)])


def only_with_dev_tools(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if not settings.DEV_TOOLS:
            raise Http404
        return view(request, **kwargs)

    return guarded


@only_with_dev_tools
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    try:
        person_id = signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        raise Http404
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("home")


@only_with_dev_tools
def outbox(request: HttpRequest) -> HttpResponse:
    return render(request, "people/outbox.html", {"mails": latest_mails(Path(settings.EMAIL_FILE_PATH))})


def latest_mails(folder: Path) -> list[Mail]:
    """The latest first. One file holds the mails of one connection."""
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)[:LATEST_MAILS]
    mails = [_read(part) for file in files for part in reversed(SEPARATOR.split(file.read_bytes())) if part.strip()]
    return mails[:LATEST_MAILS]


def _read(raw: bytes) -> Mail:
    message = message_from_bytes(raw.lstrip(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(preferencelist=("plain", "html"))
    text = body.get_content().strip() if body else ""
    code = CODE.search(text)
    return Mail(
        to=str(message["To"]), subject=str(message["Subject"]), date=str(message["Date"]), text=text,
        code=code[0] if code else "",
    )  # fmt: skip
