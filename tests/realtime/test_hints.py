"""What happens when hints are late, lost, or their server is away."""

import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from collab.realtime import hub, valkey
from collab.realtime.models import Announcement, Stream
from collab.realtime.protocol import encode
from collab.server import embedded
from people.models import Person
from tests.realtime.servers import Server, Servers
from tests.realtime.words import Renamed, rename

CIRCLE = "circle:lyon"
SILENCE_SECONDS = 12  # longer than any default time-out on the way


@dataclass
class Valkey:
    """A Valkey of one's own, to be killed."""

    folder: Path
    path: Path
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"unix://{self.path}"

    def start(self) -> None:
        self.process = subprocess.Popen(embedded.command(self.folder, self.path))
        embedded.wait_until_ready(self.url)

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()


@pytest.fixture
def own_valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Valkey]:
    """The test process and the servers it starts use it."""
    one = Valkey(tmp_path, embedded.socket_path(tmp_path))
    one.start()
    monkeypatch.setattr(settings, "VALKEY_URL", one.url)
    monkeypatch.setattr(hub, "_rest", valkey.Rest())
    valkey.from_threads.cache_clear()
    yield one
    one.kill()


@pytest.fixture
def server(own_valkey: Valkey, servers: Servers) -> Server:
    return servers.start()


def unhinted(name: str, person: Person) -> None:
    """A change whose hint is lost."""
    stream = Stream.objects.get(topic=CIRCLE)
    stream.last_seq += 1
    stream.save()
    data = encode(Renamed(person_id=str(person.pk), name=name))
    Announcement.objects.create(stream=stream, seq=stream.last_seq, type=Renamed.type, data=data)


@pytest.mark.faults
def test_a_quiet_subscription_still_hears_and_a_lost_hint_is_made_up_for(server: Server, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    with server.browser(alice) as browser:
        browser.follow(CIRCLE)
        rename(circle="lyon", by=bob, name="Bob 1")
        browser.wait("circle.renamed")
        quiet_until = time.monotonic() + SILENCE_SECONDS
        with pytest.raises(TimeoutError):
            browser.wait("circle.renamed", seconds=quiet_until - time.monotonic())
        rename(circle="lyon", by=bob, name="Bob 2")
        said = time.monotonic()
        assert browser.wait("circle.renamed")["data"]["name"] == "Bob 2"
        assert time.monotonic() - said < 2, "the subscription had died, the poll found it"

        unhinted("Bob 3", bob)
        assert browser.wait("circle.renamed", seconds=20)["data"]["name"] == "Bob 3"


@pytest.mark.faults
def test_valkey_is_killed_and_comes_back(own_valkey: Valkey, server: Server, circle: list[Person]) -> None:
    alice, bob, *_ = circle
    with server.browser(alice) as browser:
        browser.follow(CIRCLE)
        own_valkey.kill()
        # Writing goes on without hints, and is heard by whoever speaks to this process…
        answer = browser.ask("circle.rename", {"circle": "lyon", "name": "Alix"})
        assert answer["type"] == "done"
        if "circle.renamed" not in browser.types():  # it may come before the answer
            browser.wait("circle.renamed")
        # …and what others wrote meanwhile is found by looking, at the latest when Valkey is back.
        rename(circle="lyon", by=bob, name="Bob")
        own_valkey.start()
        assert browser.wait("circle.renamed", seconds=20)["data"]["name"] == "Bob"
        hub._rest = valkey.Rest()
        rename(circle="lyon", by=bob, name="Bobby")
        assert browser.wait("circle.renamed", seconds=20)["data"]["name"] == "Bobby"


@pytest.mark.faults
def test_a_page_that_comes_while_valkey_is_away_is_served(
    own_valkey: Valkey, server: Server, circle: list[Person]
) -> None:
    alice, bob, *_ = circle
    own_valkey.kill()
    with server.browser(alice) as browser:
        picture = browser.follow(CIRCLE)
        assert picture["data"]["data"]["names"][str(bob.pk)] == bob.name
        assert browser.wait("presence.now")["data"]["present_people"][0]["id"] == str(alice.pk)
        own_valkey.start()
        rename(circle="lyon", by=bob, name="Bob")
        assert browser.wait("circle.renamed", seconds=20)["data"]["name"] == "Bob"


@pytest.mark.faults
def test_a_restored_backup_gives_everybody_a_fresh_picture(server: Server, circle: list[Person]) -> None:
    """Numbers may come again: the new epoch says so, and no page keeps what never was."""
    alice, bob, *_ = circle
    with server.browser(alice) as browser:
        first = browser.follow(CIRCLE)
        rename(circle="lyon", by=bob, name="lost with the machine")
        browser.wait("circle.renamed")
        Person.objects.filter(pk=bob.pk).update(name="as it was")
        Announcement.objects.all().delete()
        Stream.objects.filter(topic=CIRCLE).update(epoch=uuid.uuid4(), last_seq=first["seq"])
        picture = browser.wait("topic.picture", seconds=20)
        assert picture["data"]["epoch"] != first["data"]["epoch"]
        assert picture["data"]["data"]["names"][str(bob.pk)] == "as it was"
        rename(circle="lyon", by=bob, name="and on")
        assert browser.wait("circle.renamed")["seq"] == first["seq"] + 1
