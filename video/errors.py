"""What is refused in calls."""

from django.utils.translation import gettext_lazy as _

from collab.realtime.errors import DomainError


class CallError(DomainError):
    """A refusal of a call."""


class NotInCall(CallError):
    code = "not_in_call"
    sentence = _("Vous n’êtes pas dans cet appel.")


class CallIsFull(CallError):
    code = "call_is_full"
    sentence = _("L’appel est complet.")


class TooManyDevices(CallError):
    code = "too_many_devices"
    sentence = _("Vous êtes déjà dans cet appel depuis %(most)s appareils.")


class RemovedFromCall(CallError):
    code = "removed_from_call"
    status = 403
    sentence = _("Une personne qui modère vous a fait sortir. Vous pourrez revenir dans quelques minutes.")


class WatchOnly(CallError):
    code = "watch_only"
    status = 403
    sentence = _("Dans cet appel, vous pouvez seulement regarder et écouter.")


class IsModerator(CallError):
    code = "is_moderator"
    sentence = _("Cette personne modère aussi l’appel.")


class BadDescription(CallError):
    code = "bad_description"
    status = 422
    sentence = _("Votre navigateur a décrit sa connexion d’une façon que nous ne comprenons pas.")
