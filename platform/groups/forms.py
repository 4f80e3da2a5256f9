"""Forms about groups."""

from typing import Any, Self
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from people.forms import PlaceField

from .models import LONGEST_DESCRIPTION, LONGEST_NAME, Group, Role

RADII = (10, 25, 50, 100)
USUAL_RADIUS = 50


class GroupForm(forms.Form):
    """`write_id` makes a form that is sent twice one group."""

    write_id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)
    name = forms.CharField(
        label=_("Nom du groupe"),
        max_length=LONGEST_NAME,
        help_text=_("Un lieu ou un thème : « Croix-Rousse », « Étudiant·es de Bron »."),
    )
    commune = PlaceField(help_text=_("Là où le groupe se retrouve ; il y sera sur la carte."))
    description = forms.CharField(
        label=_("Présentation"),
        required=False,
        max_length=LONGEST_DESCRIPTION,
        widget=forms.Textarea({"rows": 7}),
        help_text=_("Ce que vous faites, quand vous vous voyez, comment commencer."),
    )

    @classmethod
    def of(cls, group: Group, data: Any = None) -> "GroupForm":
        facts = {"name": group.name, "commune": group.commune, "description": group.description}
        form = cls(data, initial=facts)
        del form.fields["write_id"]
        return form

    def facts(self) -> dict[str, Any]:
        """What the services take."""
        return {name: value for name, value in self.cleaned_data.items() if name != "write_id"}

    @property
    def write(self) -> UUID | None:
        value: UUID | None = self.cleaned_data.get("write_id")
        return value


class NearForm(forms.Form):
    """A place and a distance around it: what lists of groups and of events are narrowed by."""

    place = PlaceField(label=_("Près de"), required=False)
    km = forms.TypedChoiceField(
        label=_("Dans un rayon de"),
        required=False,
        coerce=int,
        initial=USUAL_RADIUS,
        choices=[(km, f"{km} km") for km in RADII],
    )

    @classmethod
    def asked(cls, query: QueryDict) -> Self:
        """What the address asks for, and the usual distance where it asks for none."""
        data = query.copy()
        data.setdefault("km", str(USUAL_RADIUS))
        return cls(data)


class GroupSearchForm(NearForm):
    q = forms.CharField(
        label=_("Nom"),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    field_order = ("q", "place", "km")


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(choices=Role.choices, coerce=lambda value: Role(int(value)))
