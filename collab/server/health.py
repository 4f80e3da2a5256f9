"""Whether this process can serve: asked by `run`, by supervisors and by load balancers."""

from typing import Literal

import redis
import structlog
from django.db import DatabaseError, InterfaceError, connection

from collab.realtime import valkey

log = structlog.get_logger(__name__)

State = Literal["ok", "away"]


def database() -> State:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        log.warning("the database is away", error=type(error).__name__)
        return "away"
    return "ok"


def hints() -> State:
    try:
        valkey.from_threads().ping()
    except redis.RedisError as error:
        log.warning("Valkey is away", error=type(error).__name__)
        return "away"
    return "ok"
