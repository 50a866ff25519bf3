"""Run the benchmarks side by side and print what they measured.

`python -m tests.benchmarks` runs all, `python -m tests.benchmarks analysis` one. Exits with 1
when a figure misses what it must reach.
"""

import importlib
import sys
from typing import Any

BENCHES = {
    "analysis": "tests.benchmarks.analysis_bench",
    "attribution": "tests.benchmarks.attribution_bench",
    "baskets": "tests.benchmarks.baskets_bench",
    "kpi": "tests.benchmarks.kpi_bench",
    "mix": "tests.benchmarks.mix_bench",
    "report": "tests.benchmarks.report_bench",
    "segments": "tests.benchmarks.segments_bench",
    "value": "tests.benchmarks.value_bench",
}
"""Modules with a `run()` that returns rows: work, against, seconds, against_seconds, ratio,
must_reach, and the same of megabytes where memory was measured."""


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"Unknown benchmark: {', '.join(unknown)}. Known: {', '.join(BENCHES)}.")
        return 2
    missed = False
    for name in names or BENCHES:
        rows = importlib.import_module(BENCHES[name]).run()
        lines = [line for row in rows for line in _lines(row)]
        missed |= any(line[-1] == "missed" for line in lines)
        _print([("work", "measured", "against", "ours", "theirs", "ratio", "must", ""), *lines])
    return int(missed)


def _lines(row: dict[str, Any]) -> list[tuple[str, ...]]:
    pairs = [("time", "s", "seconds", "against_seconds", "ratio", "must_reach")]
    if "megabytes" in row:
        memory = ("megabytes", "against_megabytes", "memory_ratio", "memory_must_reach")
        pairs.append(("peak memory", "MB", *memory))
    return [
        (
            row["work"],
            what,
            row["against"],
            f"{row[ours]:,.2f} {unit}",
            f"{row[theirs]:,.2f} {unit}",
            f"{row[ratio]:.3f}",
            "–" if row[must] is None else f"≤ {row[must]:.3f}",
            "" if row[must] is None else "reached" if row[ratio] <= row[must] else "missed",
        )
        for what, unit, ours, theirs, ratio, must in pairs
    ]


def _print(lines: list[tuple[str, ...]]) -> None:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        print("  ".join(cells).rstrip())
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
