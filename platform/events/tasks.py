"""What happens a little after an event was made."""

from collab.outbox.jobs import job

from . import services


@job("events.tell_neighbours")
def tell_neighbours(*, event_id: str) -> None:
    services.tell_neighbours(event_id=event_id)
