"""What happens later."""

from uuid import UUID

from collab.outbox.jobs import external_job

from .sync import log


# Long for a large document: outside a transaction, as `compact` has a short one of its own.
@external_job("documents.compact", seconds=120)
def compact(*, document_id: str) -> None:
    log.compact(UUID(document_id))
