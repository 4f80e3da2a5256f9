"""Forms of documents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Group, Role
from people.models import Person

from .services import LONGEST_TITLE
from .starters import STARTERS


class DocumentForm(forms.Form):
    """A title, whose document it is, and what to start from."""

    title = forms.CharField(
        label=_("Titre"), max_length=LONGEST_TITLE, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    group = forms.ModelChoiceField(
        Group.objects.none(),
        label=_("Groupe"),
        required=False,
        empty_label=_("Aucun : pour moi et les personnes que j’invite"),
        help_text=_("Les membres du groupe peuvent y écrire, ses abonné·es le lire."),
    )
    starter = forms.ChoiceField(
        label=_("Commencer par"),
        choices=[(starter.name, starter.label) for starter in STARTERS],
        initial="blank",
        widget=forms.RadioSelect,
    )
    write_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        theirs = Group.objects.filter(memberships__person=person, memberships__role__gte=Role.MEMBER)
        group = self.fields["group"]
        assert isinstance(group, forms.ModelChoiceField)
        group.queryset = theirs.order_by("name", "pk")
