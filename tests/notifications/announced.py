"""What was announced, for tests of services: read from the streams' rows."""

from typing import Any

import msgspec

from collab.realtime.models import Announcement


def announced(topic: str) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of each announcement on the topic, in order."""
    rows = Announcement.objects.filter(stream_id=topic).order_by("seq").values_list("type", "data")
    return [(kind, msgspec.json.decode(bytes(data))) for kind, data in rows]
