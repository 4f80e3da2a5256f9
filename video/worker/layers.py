"""Which size of a picture a listener gets: what the page shows, as far as the way to it carries."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

# Until a key frame has told the real one.
NOMINAL_HEIGHTS = {"q": 180, "h": 360, "f": 720, "": 720}
NOMINAL_RATES = {"q": 150_000, "h": 500_000, "f": 1_500_000, "": 1_000_000}
ENOUGH = 0.75  # of the wanted height: a slightly softer picture costs a third of the packets


class Size(Protocol):
    rid: str
    height: int
    bits_per_second: int


S = TypeVar("S", bound=Size)


def height_of(size: Size) -> int:
    return size.height or NOMINAL_HEIGHTS.get(size.rid, 720)


def rate_of(size: Size) -> int:
    return size.bits_per_second or NOMINAL_RATES.get(size.rid, 1_000_000)


def fitting(sizes: Sequence[S], height: int) -> int:
    """The place of the smallest size that is high enough, else of the highest."""
    return next((place for place, size in enumerate(sizes) if height_of(size) >= ENOUGH * height), len(sizes) - 1)


def share(pictures: Sequence[tuple[Sequence[S], int]], budget: float | None) -> list[S | None]:
    """One size for each picture (its sizes from the smallest, the height it is shown at), the most important first.

    Everybody's smallest comes before anybody's larger; what does not fit at all is None, so that sound goes on.
    """
    wanted = [fitting(sizes, height) if sizes else -1 for sizes, height in pictures]
    if budget is None:
        return [sizes[place] if place >= 0 else None for (sizes, _), place in zip(pictures, wanted, strict=True)]
    given: list[int] = []
    for (sizes, _height), place in zip(pictures, wanted, strict=True):
        smallest = rate_of(sizes[0]) if place >= 0 else 0
        fits = place >= 0 and smallest <= budget
        given.append(0 if fits else -1)
        budget -= smallest if fits else 0
    grows = True
    while grows:  # one step each, again and again: two equal tiles get equal pictures
        grows = False
        for index, (sizes, _height) in enumerate(pictures):
            if not 0 <= given[index] < wanted[index]:
                continue
            step = rate_of(sizes[given[index] + 1]) - rate_of(sizes[given[index]])
            if step <= budget:
                budget -= step
                given[index] += 1
                grows = True
    return [sizes[place] if place >= 0 else None for (sizes, _), place in zip(pictures, given, strict=True)]
