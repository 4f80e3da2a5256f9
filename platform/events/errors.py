"""What is refused with events."""

from django.utils.translation import gettext_lazy as _

from collab.realtime.errors import DomainError


class EventError(DomainError):
    """A refusal of an event."""


class NoTitle(EventError):
    code = "no_title"
    status = 422
    sentence = _("Donnez un titre à l’événement.")


class BadTime(EventError):
    """When it is does not make sense; the sentence says why."""

    code = "bad_time"
    status = 422


class EndsBeforeItStarts(BadTime):
    code = "ends_before_it_starts"
    sentence = _("La fin doit venir après le début.")


class InThePast(BadTime):
    code = "in_the_past"
    sentence = _("Le début est déjà passé.")


class TooLong(BadTime):
    code = "too_long"
    sentence = _("Un événement dure %(days)s jours au plus.")


class TooFar(BadTime):
    code = "too_far"
    sentence = _("Cette date est trop lointaine : %(days)s jours au plus.")


class EventIsOver(EventError):
    code = "event_is_over"
    sentence = _("Cet événement est passé.")


class TooManyEvents(EventError):
    code = "too_many_events"
    sentence = _("Ce groupe a déjà %(most)s événements à venir : c’est le maximum.")
