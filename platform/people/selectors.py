"""Which sessions are whose."""

from dataclasses import dataclass

from allauth.usersessions.models import UserSession

from collab.realtime.errors import NotFound

from .devices import device_name, is_handheld
from .models import Person


@dataclass(frozen=True, slots=True)
class Device:
    session: UserSession
    name: str
    is_handheld: bool
    is_current: bool


def devices_of(person: Person, current_key: str | None) -> list[Device]:
    """Where the person is signed in, this device first, then the latest."""
    devices = [
        Device(
            session=session,
            name=device_name(session.user_agent),
            is_handheld=is_handheld(session.user_agent),
            is_current=session.session_key == current_key,
        )
        for session in UserSession.objects.purge_and_list(person)
    ]
    return sorted(devices, key=lambda device: (not device.is_current, -device.session.created_at.timestamp()))


def session_for(person: Person, session_id: int) -> UserSession:
    """The same error whether it is over or another's."""
    session = UserSession.objects.filter(pk=session_id, user=person).first()
    if session is None:
        raise NotFound()
    return session
