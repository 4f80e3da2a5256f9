"""`{% load moments %}{% moment date %}`: "il y a 3 minutes", a whole date before the script arrives and on hover."""

from datetime import datetime

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def moment(value: datetime) -> SafeString:
    local = timezone.localtime(value)
    return format_html(
        '<relative-time datetime="{}">{}</relative-time>',
        value.isoformat(),
        formats.date_format(local, "DATETIME_FORMAT"),
    )
