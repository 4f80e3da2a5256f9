"""What happens to events, for the apps above. Sent inside the transaction that makes the change."""

from django.dispatch import Signal

# event: Event, by: Person.
event_created = Signal()
event_changed = Signal()
# event: Event, person: Person, comes: bool.
participation_changed = Signal()
