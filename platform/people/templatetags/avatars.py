"""`{% load avatars %}{% avatar person %}` or `{% avatar person "large" %}`."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from people.avatars import hue, initials
from people.models import Person

register = template.Library()


@register.simple_tag
def avatar(person: Person, size: str = "") -> SafeString:
    """Always beside the name, so it says nothing to a screen reader."""
    return format_html(
        '<span class="avatar {}" data-hue="{}" aria-hidden="true">{}</span>',
        size,
        hue(person.pk),
        initials(person.display_name),
    )
