"""Real browsers in a call through a real worker."""

from uuid import uuid4

import pytest
from playwright.async_api import Browser

from tests.video.callers import Caller, mid_of
from tests.video.lossy import LossyWay
from tests.video.workers import Ear, Worker, running_worker, until
from video.backend import (
    Connected,
    Gone,
    LostAll,
    MediaAway,
    MediaRefused,
    Published,
    Slot,
    Speaking,
    WorkerBackend,
)


async def arrive(browser: Browser, backend: WorkerBackend, count: int) -> list[Caller]:
    call = uuid4()
    return [await Caller.arrive(browser, backend, call) for _ in range(count)]


async def slots_with(ear: Ear, listener: Caller, *sources: Caller) -> tuple[Slot, ...]:
    """The listener's pool as soon as it holds the camera and the microphone of each source, and nothing else."""
    wanted = [(source.session, kind) for source in sources for kind in ("audio", "camera")]
    return await ear.until_pool(listener.session, *wanted)


async def sees(listener: Caller, mid: str, frames: int = 5) -> None:
    before = (await listener.received()).get(mid, {}).get("frames", 0)

    async def moves() -> bool:
        return (await listener.received()).get(mid, {}).get("frames", 0) >= before + frames

    await until(moves, f"no moving picture in {mid}")

    async def has_colour() -> bool:
        return max(await listener.pixel(mid)) > 40

    await until(has_colour, f"{mid} stays black")


async def hears(listener: Caller, mid: str) -> None:
    before = (await listener.received()).get(mid, {}).get("energy", 0)

    async def sounds() -> bool:
        return (await listener.received()).get(mid, {}).get("energy", 0) > before + 0.05

    await until(sounds, f"no sound in {mid}")


async def test_three_people_see_and_hear_each_other(browser: Browser, backend: WorkerBackend, ear: Ear) -> None:
    people = await arrive(browser, backend, 3)
    for person in people:
        await person.join()
    for person in people:
        await person.publish()
        heard = await ear.until(Published, lambda event, person=person: event.session == person.session)
        assert heard.kinds == ("audio", "camera")
    for person in people:
        others = [other for other in people if other is not person]
        slots = await slots_with(ear, person, *others)
        for other in others:
            await sees(person, mid_of(slots, other, "camera"))
            await hears(person, mid_of(slots, other, "audio"))
    spoken = await ear.until(Speaking, lambda event: bool(event.sessions))
    assert set(spoken.sessions) <= {person.session for person in people}


async def test_media_go_on_when_the_web_process_dies(browser: Browser, worker: Worker) -> None:
    first = worker.backend()
    ear = Ear(first)
    listener, speaker = await arrive(browser, first, 2)
    await listener.join()
    await speaker.join()
    await speaker.publish()
    mid = mid_of(await slots_with(ear, listener, speaker), speaker, "camera")
    await sees(listener, mid)
    await first.stop()  # as a killed process: its control connection falls without a word
    await sees(listener, mid, frames=20)

    second = worker.backend()
    again = Ear(second)
    await second.attach(listener.call, listener.session)
    assert mid_of(await slots_with(again, listener, speaker), speaker, "camera") == mid
    await second.attach(speaker.call, speaker.session)
    assert (await again.until(Published)).kinds == ("audio", "camera")
    await second.pause(speaker.call, speaker.session, "camera", True)
    await again.until_pool(listener.session, (speaker.session, "audio"))
    await second.stop()


async def test_a_killed_worker_loses_all_and_everybody_joins_the_next(browser: Browser) -> None:
    with running_worker() as worker:
        backend = worker.backend()
        ear = Ear(backend)
        listener, speaker = await arrive(browser, backend, 2)
        await listener.join()
        await speaker.join()
        await speaker.publish()
        await sees(listener, mid_of(await slots_with(ear, listener, speaker), speaker, "camera"))
        worker.kill()
        with pytest.raises(MediaAway):
            await backend.want(listener.call, listener.session, [])
        worker.start()
        assert (await ear.until(LostAll)).calls == (listener.call,)
        with pytest.raises(MediaRefused, match="no_session"):
            await backend.want(listener.call, listener.session, [])
        ear.pools.clear()
        again = [await Caller.arrive(browser, backend, listener.call) for _ in range(2)]
        for person in again:
            await person.join()
        await again[1].publish()
        await sees(again[0], mid_of(await slots_with(ear, *again), again[1], "camera"))
        await backend.stop()


async def test_a_page_gets_the_size_it_shows_and_nothing_it_does_not(
    browser: Browser, backend: WorkerBackend, ear: Ear
) -> None:
    listener, speaker = await arrive(browser, backend, 2)
    await listener.join()
    await speaker.join()
    await speaker.publish(simulcast=True, width=1280, height=720)
    mid = mid_of(await slots_with(ear, listener, speaker), speaker, "camera")
    await sees(listener, mid)
    for wanted in (180, 720, 360):
        await backend.want(listener.call, listener.session, [(speaker.session, "camera", wanted)])

        async def has_height(wanted: int = wanted) -> bool:
            return (await listener.received())[mid]["height"] == wanted

        await until(has_height, f"never {wanted} pixels high")
        await sees(listener, mid)
    await backend.want(listener.call, listener.session, [])
    await ear.until_pool(listener.session, (speaker.session, "audio"))
    frames = (await listener.received())[mid]["packets"]
    await hears(listener, mid_of(ear.pools[listener.session], speaker, "audio"))
    assert (await listener.received())[mid]["packets"] - frames <= 5, "pictures nobody shows still come"


async def test_a_new_network_is_met_by_an_ice_restart_on_both_connections(
    browser: Browser, backend: WorkerBackend, ear: Ear
) -> None:
    listener, speaker = await arrive(browser, backend, 2)
    await listener.join()
    await speaker.join()
    await speaker.publish()
    mid = mid_of(await slots_with(ear, listener, speaker), speaker, "camera")
    await sees(listener, mid)
    await speaker.restart_ice()
    await sees(listener, mid, frames=20)
    await listener.answer(await backend.reoffer(listener.call, listener.session))
    await sees(listener, mid, frames=20)


async def test_a_moderators_mute_holds_and_a_lost_right_ends_what_is_published(
    browser: Browser, backend: WorkerBackend, ear: Ear
) -> None:
    listener, speaker = await arrive(browser, backend, 2)
    await listener.join(may_publish=False)
    await speaker.join()
    await speaker.publish()
    slots = await slots_with(ear, listener, speaker)
    await hears(listener, mid_of(slots, speaker, "audio"))
    await backend.pause(speaker.call, speaker.session, "audio", True)
    await ear.until_pool(listener.session, (speaker.session, "camera"))
    await speaker.restart_ice()  # publishing again does not undo it
    await sees(listener, mid_of(slots, speaker, "camera"), frames=20)
    assert all(slot.kind != "audio" for slot in ear.pools[listener.session])
    await backend.pause(speaker.call, speaker.session, "audio", False)
    await hears(listener, mid_of(await slots_with(ear, listener, speaker), speaker, "audio"))
    with pytest.raises(MediaRefused, match="may_not_publish"):
        await listener.publish()
    await backend.allow(speaker.call, speaker.session, False)
    await ear.until_pool(listener.session)


async def test_who_leaves_is_gone_from_every_slot(browser: Browser, backend: WorkerBackend, ear: Ear) -> None:
    listener, speaker = await arrive(browser, backend, 2)
    await listener.join()
    await speaker.join()
    await speaker.publish()
    await sees(listener, mid_of(await slots_with(ear, listener, speaker), speaker, "camera"))
    await backend.leave(speaker.call, speaker.session)
    await ear.until_pool(listener.session)
    await backend.close(listener.call)
    gone = await ear.until(Gone, lambda event: event.part == "session")
    assert gone.session == listener.session


async def test_each_part_of_a_session_says_when_it_stands(browser: Browser, backend: WorkerBackend, ear: Ear) -> None:
    (person,) = await arrive(browser, backend, 1)
    await person.join()
    assert (await ear.until(Connected)).part == "listen"
    await person.publish(kinds=["audio"])
    assert (await ear.until(Connected)).part == "publish"
    assert (await ear.until(Published)).kinds == ("audio",)
    stats = await backend.stats(person.call)
    assert [source.kind for source in stats.sessions[0].sources] == ["audio"]
    assert stats.sessions[0].connected and stats.sessions[0].publishing


async def test_a_way_that_loses_packets_is_repaired_on_both_sides(
    browser: Browser, backend: WorkerBackend, worker: Worker, ear: Ear
) -> None:
    listener, speaker = await arrive(browser, backend, 2)
    async with LossyWay(worker.udp_port, 0.05) as way:
        listener.detour = speaker.detour = (worker.udp_port, way.port)
        await listener.join()
        await speaker.join()
        await speaker.publish()
        slots = await slots_with(ear, listener, speaker)
        mid = mid_of(slots, speaker, "camera")
        await sees(listener, mid, frames=60)
        await hears(listener, mid_of(slots, speaker, "audio"))
        received = (await listener.received())[mid]
    assert way.lost > 20
    assert received["repeated"] > 0, "nothing was sent again to the listener"
    # Without repairs each lost packet would stop the picture until the next key frame, and ask for one.
    assert received["keys"] <= 6
