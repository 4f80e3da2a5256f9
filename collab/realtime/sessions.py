"""Who is still signed in: the account is open, the session is there and its seal is the account's."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from .topics import Caller


def still_signed_in(callers: Iterable[Caller]) -> set[Caller]:
    """Those of the callers whose session holds, in two queries."""
    wanted = set(callers)
    ids = {caller.person_id for caller in wanted}
    keys = {caller.session_key for caller in wanted if caller.session_key}
    people = get_user_model()._default_manager.filter(is_active=True).in_bulk(ids)
    sessions = Session.objects.filter(expire_date__gt=timezone.now()).in_bulk(keys)
    return {
        caller
        for caller in wanted
        if caller.person_id in people
        and caller.session_key in sessions
        and _belongs(sessions[caller.session_key], people[caller.person_id])
    }


def _belongs(session: Session, person: Any) -> bool:
    held = session.get_decoded()
    return str(held.get(SESSION_KEY)) == str(person.pk) and constant_time_compare(
        held.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash()
    )
