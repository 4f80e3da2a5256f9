"""Tell people, once each, inside the transaction that gives the reason."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from .protocol import Kind


def notify(
    *, kind: Kind, to: Iterable[UUID], key: str, url: str, facts: Mapping[str, str], by: UUID | None = None
) -> int:
    """Put one notification into each inbox, except that of `by`; return how many were new.

    The same `key` for the same person again is the same notification. `url` is a path of this site; `facts` are what
    the sentence of `kind` names. Call inside a transaction: the bell rings after COMMIT.
    """
    raise NotImplementedError
