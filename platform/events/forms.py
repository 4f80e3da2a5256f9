"""Forms about events."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Group, Role
from groups.selectors import groups_of
from people.forms import PlaceField
from people.models import Person

from . import times
from .errors import BadTime
from .models import LONGEST_DESCRIPTION, LONGEST_PLACE, LONGEST_TITLE, Event

LOCAL = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A day and a time in the movement's own zone; phones have a picker for it."""

    widget = forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL)

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=[LOCAL, f"{LOCAL}:%S", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M"], **options)


class EventForm(forms.Form):
    """`write_id` makes a form that is sent twice one event."""

    write_id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)
    group = forms.ModelChoiceField(label=_("Groupe"), queryset=Group.objects.none(), empty_label=None)
    title = forms.CharField(label=_("Titre"), max_length=LONGEST_TITLE)
    starts_at = MomentField(label=_("Début"))
    ends_at = MomentField(label=_("Fin"))
    place = forms.CharField(
        label=_("Lieu"),
        required=False,
        max_length=LONGEST_PLACE,
        help_text=_("« Maison du peuple, 12 rue de la Paix ». Rien, si c’est seulement en ligne."),
    )
    commune = PlaceField(help_text=_("Elle place l’événement sur la carte."))
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=LONGEST_DESCRIPTION,
        widget=forms.Textarea({"rows": 7}),
        help_text=_("Le programme, ce qu’il faut apporter, comment venir."),
    )
    event: Event | None = None

    @classmethod
    def to_create(cls, person: Person, group: Group | None, data: Any = None) -> "EventForm":
        """For the groups that the person manages; with `group`, that one first."""
        form = cls(data, initial={"group": group, "commune": (group.commune if group else person.commune)})
        choice = form.fields["group"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = groups_of(person, Role.MANAGER)
        return form

    @classmethod
    def to_change(cls, event: Event, data: Any = None) -> "EventForm":
        names = ("title", "starts_at", "ends_at", "place", "commune", "description")
        form = cls(data, initial={name: getattr(event, name) for name in names})
        form.event = event
        del form.fields["write_id"], form.fields["group"]
        return form

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or self.cleaned_data
        starts_at, ends_at = facts.get("starts_at"), facts.get("ends_at")
        if starts_at is None or ends_at is None:
            return facts
        if self.event is not None and _same_minute(starts_at, self.event.starts_at):
            starts_at = facts["starts_at"] = self.event.starts_at  # the field knows no seconds
        self._check(starts_at, ends_at)
        return facts

    def _check(self, starts_at: datetime, ends_at: datetime) -> None:
        try:
            times.check_length(starts_at, ends_at)
        except BadTime as error:
            self.add_error("ends_at", str(error))
        try:
            if self.event is None or starts_at != self.event.starts_at:
                times.check_start(starts_at)
        except BadTime as error:
            self.add_error("starts_at", str(error))

    def facts(self) -> dict[str, Any]:
        """What the services take."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("write_id", "group")}

    @property
    def write(self) -> UUID | None:
        value: UUID | None = self.cleaned_data.get("write_id")
        return value


def _same_minute(one: datetime, other: datetime) -> bool:
    return one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)
