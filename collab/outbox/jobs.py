"""What the outbox can do: each app registers its jobs in its `tasks.py`.

    @job("inbox.fan_out")
    def fan_out(*, event_id: str) -> None:
        services.fan_out(event_id=event_id)

    @external_job("mail.send", seconds=60)
    def send(*, mail_id: str) -> None: ...

A `job` runs inside the transaction that also marks it done: what it writes to SQL happens exactly once. Keep it
short, on SQLite nobody else writes meanwhile. An `external_job` talks to another program or takes long: it runs
outside a transaction, at least once, and twice if its worker dies or it takes more than `seconds`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Handler = TypeVar("Handler", bound=Callable[..., object])

# A worker that was killed is taken for dead after this.
LEASE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Registered:
    call: Callable[..., object]
    lease_seconds: float
    in_transaction: bool


_registered: dict[str, Registered] = {}


class UnknownKind(LookupError):
    """No job of that kind here: this worker may be older than the web process that asked."""


def job(kind: str) -> Callable[[Handler], Handler]:
    return _register(kind, lease_seconds=LEASE_SECONDS, in_transaction=True)


def external_job(kind: str, *, seconds: float) -> Callable[[Handler], Handler]:
    return _register(kind, lease_seconds=seconds, in_transaction=False)


def _register(kind: str, *, lease_seconds: float, in_transaction: bool) -> Callable[[Handler], Handler]:
    def remember(handler: Handler) -> Handler:
        assert kind not in _registered, f"two jobs are called {kind}"
        _registered[kind] = Registered(handler, lease_seconds, in_transaction)
        return handler

    return remember


def find(kind: str) -> Registered:
    try:
        return _registered[kind]
    except KeyError:
        raise UnknownKind(kind) from None
