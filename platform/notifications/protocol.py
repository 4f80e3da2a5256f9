"""The words of the inbox, topic `inbox:<person id>`. Prose: docs/protocol/notifications.md."""

from enum import StrEnum


class Kind(StrEnum):
    GROUP_JOINED = "group_joined"
    EVENT_IN_GROUP = "event_in_group"
    EVENT_NEAR = "event_near"
    MENTIONED = "mentioned"
    ASSEMBLY_OPENED = "assembly_opened"
    VOTE_OPENED = "vote_opened"
