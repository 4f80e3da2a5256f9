"""What happens in groups, for the apps above. Sent inside the transaction that makes the change."""

from django.dispatch import Signal

# group: Group, person: Person, role: Role | None (None: left or removed), was: Role | None (None: newcomer).
role_changed = Signal()
