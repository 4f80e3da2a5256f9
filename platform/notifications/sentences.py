"""What a notification says, in the reader's language. The bell has the same sentences: `frontend/sentences.ts`."""

from datetime import datetime

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Notification
from .protocol import Kind

_SENTENCES: dict[str, Promise] = {
    Kind.GROUP_JOINED: gettext_lazy("%(who)s rejoint « %(group)s »"),
    Kind.EVENT_IN_GROUP: gettext_lazy("Nouvel événement de « %(group)s » : %(event)s, %(when)s"),
    Kind.EVENT_NEAR: gettext_lazy("Près de chez vous : %(event)s à %(commune)s, %(when)s"),
    Kind.MENTIONED: gettext_lazy("%(who)s vous mentionne dans « %(document)s »"),
    Kind.ASSEMBLY_OPENED: gettext_lazy("L’assemblée « %(assembly)s » est ouverte"),
    Kind.VOTE_OPENED: gettext_lazy("Un vote est ouvert : %(question)s"),
}
_ICONS: dict[str, str] = {
    Kind.GROUP_JOINED: "user-plus",
    Kind.EVENT_IN_GROUP: "calendar-plus",
    Kind.EVENT_NEAR: "map-pin",
    Kind.MENTIONED: "at-sign",
    Kind.ASSEMBLY_OPENED: "megaphone",
    Kind.VOTE_OPENED: "vote",
}


def sentence(notification: Notification) -> str:
    facts = {**notification.facts}
    if "starts_at" in facts:
        facts["when"] = _moment(facts["starts_at"])
    try:
        return str(_SENTENCES[notification.kind]) % facts
    except KeyError:  # a fact is missing: it was told by an older version, or a newer one
        return _("Du nouveau pour vous")


def icon_of(notification: Notification) -> str:
    return _ICONS.get(notification.kind, "bell")


def _moment(iso: str) -> str:
    try:
        when = timezone.localtime(datetime.fromisoformat(iso))
    except ValueError:
        return ""
    return formats.date_format(when, "l j F, H:i")
