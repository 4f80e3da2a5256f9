"""The application is plain ASGI: it works under another server too, without the fast path."""

import sys

from people.models import Person
from tests.realtime.browsers import Browser
from tests.realtime.servers import Servers, answers
from tests.realtime.words import rename

CIRCLE = "circle:lyon"


def daphne(fd: int) -> list[str]:
    return [sys.executable, "-m", "daphne", "--fd", str(fd), "tests.realtime.serve:application"]


def test_the_house_under_daphne(servers: Servers, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    server = servers.start(command=daphne)
    assert answers(f"http://{server.host}/sante/") == 200
    with Browser(server.host, None) as nobody:
        assert nobody.wait_closed() == 4401
    with server.browser(alice) as one, server.browser(bob) as other:
        one.follow(CIRCLE)
        assert one.wait("presence.now")["data"]["present"] == 1
        other.follow(CIRCLE)
        assert other.ask("circle.rename", {"circle": "lyon", "name": "Bob"})["type"] == "done"
        assert one.wait("circle.renamed")["data"]["name"] == "Bob"
        rename(circle="lyon", by=alice, name="Alix")
        assert one.wait("circle.renamed")["data"]["name"] == "Alix"
        assert one.ask("test.echo", {"text": "x"})["type"] == "done"
