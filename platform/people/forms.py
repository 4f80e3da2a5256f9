"""Forms about people, and the field with which every app asks for a commune."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from .models import Commune, Person
from .places import commune_named, search_communes

SUGGESTIONS = 4


class PlaceInput(forms.MultiWidget):
    """A text field that place_field.ts turns into a combobox; the hidden one beside it holds the chosen code."""

    template_name = "people/place_input.html"
    use_fieldset = False

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        text = forms.TextInput({"autocomplete": "off", **(attrs or {})})
        super().__init__({"": text, "code": forms.HiddenInput()})

    def decompress(self, value: Any) -> list[str]:
        """From a Commune, or the code that a model form hands over."""
        commune = value if isinstance(value, Commune) else Commune.objects.filter(pk=value).first() if value else None
        return [str(commune), commune.code] if commune else ["", ""]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        # The label belongs to the text field, which therefore has the field's own id.
        text = context["widget"]["subwidgets"][0]
        text["attrs"]["id"] = context["widget"]["attrs"].get("id", f"id_{name}")
        context["communes_url"] = reverse_lazy("people:communes")
        return context

    def id_for_label(self, id_: str) -> str:
        return id_


class PlaceField(forms.Field):
    """A commune. Words alone will do when they mean one: "Villeurbanne", "69100", "Saint-Denis (93)"."""

    widget = PlaceInput
    default_error_messages = {
        "unknown": _("Aucune commune ne s’appelle ainsi. Essayez son code postal."),
        "several": _("Plusieurs communes possibles : %(names)s. Ajoutez le département, par exemple « %(example)s »."),
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Commune"))
        super().__init__(**options)

    def clean(self, value: list[str] | None) -> Commune | None:
        text, code = (value or ["", ""])[:2]
        text = (text or "").strip()
        if not text:
            self.validate(None)
            return None
        chosen = Commune.objects.filter(pk=code).first() if code and code.isalnum() else None
        if chosen and str(chosen) == text:
            return chosen
        return self._from_words(text)

    def _from_words(self, text: str) -> Commune:
        meant = commune_named(text)
        if isinstance(meant, Commune):
            return meant
        if not meant:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        names = ", ".join(str(commune) for commune in meant[:SUGGESTIONS])
        facts = {"names": names, "example": str(meant[0])}
        raise ValidationError(self.error_messages["several"], code="several", params=facts)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return PlaceInput().decompress(initial) != list(data or ["", ""])


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Nom affiché"),
        max_length=Person._meta.get_field("name").max_length,
        help_text=_("C’est ainsi que les autres vous voient : un prénom, un pseudo, comme vous voulez."),
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    commune = PlaceField(
        required=False,
        help_text=_("Pour vous montrer les groupes et les événements près de chez vous. Personne d’autre ne la voit."),
    )
    language = forms.ChoiceField(label=_("Langue"), choices=settings.LANGUAGES)


class CommuneSearchForm(forms.Form):
    """ "Near" on lists and on the home page."""

    place = PlaceField(label=_("Près de"), required=False)


def suggestions(text: str) -> list[dict[str, str]]:
    """What the combobox shows for the words typed so far."""
    return [
        {"code": commune.code, "label": str(commune), "postcode": commune.postcode} for commune in search_communes(text)
    ]
