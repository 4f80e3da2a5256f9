"""What people do in rooms and assemblies. Each verb: lock, check, write, announce, return."""

from .agenda import add_item, next_item, remove_item
from .assemblies import close_assembly, open_assembly, prepare_assembly, rename_assembly
from .ballots import cast
from .chat import post_message, remove_message
from .hands import end_floor, give_floor, lower_hand, raise_hand
from .polls import close_poll, create_poll, drop_poll, open_poll
from .rights import refresh_participation, refresh_rights
from .rooms import close_room, create_room, open_room, rename_after_event, room_of_event
from .tallies import tell_stale_tallies, tell_tally

__all__ = [
    "add_item",
    "cast",
    "close_assembly",
    "close_poll",
    "close_room",
    "create_poll",
    "create_room",
    "drop_poll",
    "end_floor",
    "give_floor",
    "lower_hand",
    "next_item",
    "open_assembly",
    "open_poll",
    "open_room",
    "post_message",
    "prepare_assembly",
    "raise_hand",
    "refresh_participation",
    "refresh_rights",
    "remove_item",
    "remove_message",
    "rename_after_event",
    "rename_assembly",
    "room_of_event",
    "tell_stale_tallies",
    "tell_tally",
]
