from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

import pytest

from video.worker.bandwidth import Bandwidth
from video.worker.layers import share
from video.worker.speakers import Speakers


@dataclass
class Size:
    rid: str
    height: int = 0
    bits_per_second: int = 0


Q, H, F = Size("q", 180, 150_000), Size("h", 360, 500_000), Size("f", 720, 1_500_000)
CAMERA = [Q, H, F]


@pytest.mark.parametrize(("height", "given"), [(90, Q), (180, Q), (240, Q), (300, H), (480, H), (500, F), (2160, F)])
def test_the_smallest_size_that_is_nearly_high_enough(height: int, given: Size) -> None:
    assert share([(CAMERA, height)], None) == [given]


def test_everybodys_smallest_comes_before_anybodys_largest() -> None:
    assert share([(CAMERA, 720), (CAMERA, 720)], 1_700_000) == [H, H]
    assert share([(CAMERA, 720), (CAMERA, 180)], 1_700_000) == [F, Q]
    assert share([(CAMERA, 720), (CAMERA, 720)], 320_000) == [Q, Q]


def test_the_least_important_picture_goes_first_when_nothing_fits() -> None:
    assert share([(CAMERA, 720), (CAMERA, 720)], 200_000) == [Q, None]
    assert share([(CAMERA, 720), (CAMERA, 720)], 10_000) == [None, None]


def test_a_track_that_has_not_been_heard_gives_nothing() -> None:
    assert share([([], 720), (CAMERA, 180)], None) == [None, Q]
    assert share([([], 720), (CAMERA, 180)], 1_000_000) == [None, Q]


def test_an_unknown_size_counts_by_its_name() -> None:
    assert share([([Size("q"), Size("h"), Size("f")], 360)], 600_000) == [Size("h")]


def test_nothing_is_held_back_without_a_sign_of_trouble() -> None:
    bandwidth = Bandwidth()
    bandwidth.note_belief(2_000_000)
    assert [bandwidth.step(1_800_000, float(second)) for second in range(20)] == [None] * 20


def test_loss_brings_the_ceiling_down_and_patience_up_again() -> None:
    bandwidth = Bandwidth()
    for second in range(2):
        bandwidth.note_loss(20, 100)
        ceiling = bandwidth.step(1_000_000, float(second))
    assert ceiling == pytest.approx(850_000)
    later = [bandwidth.step(800_000, float(second)) for second in range(2, 60)]
    assert later[0] == pytest.approx(850_000) and later[-1] is None


def test_loss_is_weighed_by_packets() -> None:
    bandwidth = Bandwidth()
    for second in range(10):
        bandwidth.note_loss(10, 50)  # some sound
        bandwidth.note_loss(20, 450)  # and a picture: 6 % in all
        assert bandwidth.step(1_000_000, float(second)) is None
    assert bandwidth.loss == pytest.approx(0.06)


def test_a_belief_that_rises_is_no_trouble_and_doubts_alone_leave_a_picture() -> None:
    bandwidth = Bandwidth()
    for second in range(20):
        bandwidth.note_belief(60_000 + 5_000 * second)
        assert bandwidth.step(1_000_000, float(second)) is None
    for second in range(20, 23):
        bandwidth.note_belief(60_000)
        ceiling = bandwidth.step(1_000_000, float(second))
    assert ceiling is not None
    assert share([(CAMERA, 720), (CAMERA, 720)], ceiling) == [Q, Q]


def test_each_failure_doubles_the_wait() -> None:
    bandwidth = Bandwidth()
    raised_at: list[float] = []
    ceiling: float | None = None
    for second in range(120):
        # A way that carries 900 kbit/s: whenever more is tried, the browser says so.
        sent = 1_400_000 if ceiling is None or ceiling > 1_000_000 else 700_000
        bandwidth.note_belief(850_000 if sent > 900_000 else 900_000)
        before, ceiling = ceiling, bandwidth.step(sent, float(second))
        if before is not None and (ceiling is None or ceiling > before):
            raised_at.append(float(second))
    waits = [later - earlier for earlier, later in pairwise(raised_at)]
    assert len(waits) >= 2 and waits[-1] > waits[0]


ANNA, BEN = UUID(int=1), UUID(int=2)


def steps(speakers: Speakers, count: int, **loudness: float) -> list[bool]:
    levels = {ANNA: loudness.get("anna", 0.0), BEN: loudness.get("ben", 0.0)}
    return [speakers.step(levels) for _ in range(count)]


def test_who_speaks_is_heard_and_silence_is_told_after_a_pause() -> None:
    speakers = Speakers()
    assert steps(speakers, 2, anna=100) == [True, False]
    assert speakers.heard == (ANNA,)
    assert steps(speakers, 6) == [False, False, False, True, False, False]
    assert speakers.heard == () and speakers.recent == [ANNA]


def test_a_cough_takes_nobodys_place() -> None:
    speakers = Speakers()
    steps(speakers, 4, anna=90)
    steps(speakers, 2, anna=90, ben=110)
    assert speakers.dominant == ANNA and speakers.heard == (ANNA, BEN)
    steps(speakers, 4, anna=90, ben=110)
    assert speakers.heard == (BEN, ANNA)


def test_who_left_is_not_heard() -> None:
    speakers = Speakers()
    steps(speakers, 1, anna=90, ben=80)
    speakers.forget(ANNA)
    assert speakers.heard == (BEN,) and speakers.dominant is None
    speakers.step({BEN: 80.0})
    assert speakers.dominant == BEN
