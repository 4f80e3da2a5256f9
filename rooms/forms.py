"""What people write in the forms of rooms."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from people.models import Person

from . import selectors
from .protocol import LONGEST_ITEM_MINUTES, LONGEST_TITLE

# "Bilan de la semaine (15)", "Bilan de la semaine – 15 min"
MINUTES = re.compile(
    r"^(?P<title>.*?)[\s\u202f]*(?:\((?P<a>\d{1,3})\s*(?:min\w*)?\)|[-–—:]\s*(?P<b>\d{1,3})\s*min\w*)$"
)


class RoomForm(forms.Form):
    title = forms.CharField(label=_("Nom de la salle"), max_length=LONGEST_TITLE)
    group = forms.ModelChoiceField(label=_("Groupe"), queryset=Group.objects.none())
    room = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["group"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = selectors.groups_led_by(person)
        field.empty_label = None


class AssemblyForm(forms.Form):
    title = forms.CharField(label=_("Titre de l’assemblée"), max_length=LONGEST_TITLE)
    agenda = forms.CharField(
        label=_("Ordre du jour"),
        help_text=_("Un point par ligne, avec sa durée si vous voulez : « Bilan de la semaine (15 min) »."),
        widget=forms.Textarea(attrs={"rows": 7}),
        max_length=8000,
        required=False,
    )
    assembly = forms.UUIDField(widget=forms.HiddenInput)

    def clean_agenda(self) -> list[tuple[str, int]]:
        return [read_item(line) for line in self.cleaned_data["agenda"].splitlines() if line.strip()]


def read_item(line: str) -> tuple[str, int]:
    """`("Bilan de la semaine", 15)`; without minutes, 0."""
    line = " ".join(line.split()).lstrip("-*•").strip()  # one space at most, or MINUTES takes the square of them
    found = MINUTES.match(line)
    if not found or not found["title"]:
        return line[:LONGEST_TITLE], 0
    return found["title"][:LONGEST_TITLE], min(int(found["a"] or found["b"]), LONGEST_ITEM_MINUTES)
