"""How every measurement ends: a table for people, JSON for programs."""

import argparse
import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


def options(parser: argparse.ArgumentParser | None = None) -> argparse.Namespace:
    """The arguments all measurements share: `--json FILE`."""
    parser = parser or argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, help="also write the result to this file")
    return parser.parse_args()


def report(name: str, rows: Sequence[Row], *, to: Path | None = None, facts: Row | None = None) -> None:
    """Print the rows as a table and as one line of JSON; `facts` say under which conditions they hold."""
    result = {
        "benchmark": name,
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()},
        "facts": dict(facts or {}),
        "rows": [dict(row) for row in rows],
    }
    columns = list(dict.fromkeys(column for row in rows for column in row))
    cells = [columns, *[[_cell(row.get(column)) for column in columns] for row in rows]]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    print(f"\n{name}")
    for line in cells:
        print("  " + "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))
    for fact, value in result["facts"].items():
        print(f"  {fact}: {value}")
    text = json.dumps(result, ensure_ascii=False)
    print(text)
    if to is not None:
        to.write_text(text + "\n")


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile of a sample."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
