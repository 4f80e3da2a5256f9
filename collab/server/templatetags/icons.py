"""`{% load icons %}{% icon "hand" %}`: a drawing of the sprite that the front end's build makes."""

import json
from functools import cache

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_vite.templatetags.django_vite import vite_asset_url

LIST = "collab/frontend/icons.json"

register = template.Library()


@cache
def names() -> frozenset[str]:
    return frozenset(json.loads((settings.ROOT / LIST).read_text()))


@register.simple_tag
def icon_sprite() -> str:
    """The sprite's address; base.html gives it to icon.ts."""
    return str(vite_asset_url(LIST))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Silent beside words; with `label`, an image that says so."""
    if name not in names():
        raise template.TemplateSyntaxError(f"{name!r} is not in {LIST}")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, icon_sprite(), name
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', icon_sprite(), name)
