"""How deep a document is nested.

yrs and Yjs walk nested types by recursion: an element inside an element inside another, a hundred thousand times, fits
one frame and ends the process on its stack. So each new type's depth is known before pycrdt sees it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from .encoding import Malformed
from .updates import GC, TYPE, Id, Run

# A table in a list in a quotation is 12 deep.
DEEPEST = 100
# A paragraph's text. What lies less deep is remembered as if it did not, so that most clients need no line at all.
SHALLOW = 2


class Line:
    """The depths of one client's clocks: from `starts[n]` on, `depths[n]`."""

    __slots__ = ("depths", "starts")

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.depths: list[int] = []

    def at(self, clock: int) -> int:
        place = bisect_right(self.starts, clock) - 1
        return self.depths[place] if place >= 0 else SHALLOW

    @property
    def last(self) -> int:
        return self.depths[-1] if self.depths else SHALLOW


class Depths:
    def __init__(self) -> None:
        self._lines: dict[int, Line] = {}
        self._inside: dict[Id, int] = {}  # of types: the depth of what they hold

    def take(self, runs: Iterable[Run], state: Mapping[int, int]) -> None:
        """Learn what is new to `state`, in an order in which each run finds what it refers to.

        Raise Malformed, and learn nothing, when one is too deep.
        """
        lines: list[Line] = []
        types: list[Id] = []
        try:
            for run in runs:
                if run.end > state.get(run.client, 0):
                    self._take(run, state, lines, types)
        except Malformed:
            for line in lines:
                line.starts.pop()
                line.depths.pop()
            for one in types:
                del self._inside[one]
            raise

    def _take(self, run: Run, state: Mapping[int, int], lines: list[Line], types: list[Id]) -> None:
        if run.kind == GC:
            return
        depth = self._depth_of(run)
        line = self._lines.get(run.client)
        if max(depth, SHALLOW) != (line.last if line else SHALLOW):
            if line is None:
                line = self._lines[run.client] = Line()
            line.starts.append(max(run.clock, state.get(run.client, 0)))
            line.depths.append(max(depth, SHALLOW))
            lines.append(line)
        if run.kind == TYPE:
            if depth >= DEEPEST:
                raise Malformed("nested too deep")
            self._inside[run.client, run.clock] = depth + 1
            types.append((run.client, run.clock))

    def _depth_of(self, run: Run) -> int:
        if isinstance(run.parent, tuple):
            return self._inside.get(run.parent, SHALLOW)
        neighbour = run.origin or run.right
        if neighbour is None:
            return 0
        line = self._lines.get(neighbour[0])
        return line.at(neighbour[1]) if line else SHALLOW
