"""The family of errors that services raise and doors turn into answers."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal a person can read. `code` is stable and for programs; `sentence` is translated."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    sentence: ClassVar[str | Promise] = _("Ce n’est pas possible.")

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.code, facts)

    def __str__(self) -> str:
        return str(self.sentence) % self.facts if self.facts else str(self.sentence)


class NotFound(DomainError):
    """Absent or forbidden: the same answer, so that nobody learns what exists."""

    code = "not_found"
    status = 404
    sentence = _("Introuvable, ou pas pour vous.")


class Forbidden(DomainError):
    code = "forbidden"
    status = 403
    sentence = _("Vous n’en avez pas le droit.")


class BadWord(DomainError):
    """A message that does not have its form."""

    code = "bad_word"
    status = 422
    sentence = _("Message mal formé : %(why)s")


class TooFast(DomainError):
    code = "too_fast"
    status = 429
    sentence = _("Trop de messages à la fois.")


class SignedOut(DomainError):
    code = "signed_out"
    status = 401
    sentence = _("Connectez-vous d’abord.")
