"""`standfast check`: what is wrong with a study, or what it holds and how many of its numbers are assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from standfast.commands.exits import DONE, counted, print_json, say

if TYPE_CHECKING:
    from scenarios import LoadedStudy

NAMED = 12
"""So many sweep points are named; the rest are counted."""


def check_study(study: str, sets: Sequence[str], as_json: bool) -> int:
    """Load a study with every arm and sweep point and say what is in it. StudyErrors leave with all errors at once."""
    import scenarios

    loaded = scenarios.load(study, sets)
    sources = count_sources(loaded)
    points = [point.name for point in loaded.points if point.draw is None]
    draws = [point.name for point in loaded.points if point.draw is not None]
    for draw in draws:
        loaded.resolve(loaded.compare.baseline, draw)
    if as_json:
        metrics = [metric.key for metric in loaded.compare.metrics]
        parts = {"study": loaded.name, "arms": list(loaded.arms), "points": points, "draws": draws, "metrics": metrics}
        warnings = [warning.as_dict() for warning in loaded.warnings]
        print_json({**parts, "beliefs": sources, "errors": [], "warnings": warnings})
        return DONE
    for warning in loaded.warnings:
        say(f"{warning}\n")
    print(f"{loaded.name}: no errors" + (f", {counted(len(loaded.warnings), 'warning')}" if loaded.warnings else ""))
    print(f"arms: {', '.join(loaded.arms)}")
    if len(points) > 1:
        more = f" and {len(points) - NAMED} more" if len(points) > NAMED else ""
        print(f"sweep points: {', '.join(points[:NAMED])}{more}")
    if draws:
        believed = len(next(point.draws.beliefs for point in loaded.points if point.draws is not None))
        print(f"draws: {len(draws)} in all, of {counted(believed, 'belief')} each, beside the best values")
    print(f"metrics: {', '.join(metric.key for metric in loaded.compare.metrics) or 'none'}")
    total = sum(sources.values())
    told = ", ".join(f"{number} {source}" for source, number in sources.items())
    print(f"numbers with a source: {total}" + (f" ({told})" if total else ""))
    if not sources["fitted"]:
        print("consistency study: no number is fitted to local data, and its report says so")
    return DONE


def count_sources(loaded: LoadedStudy) -> dict[str, int]:
    """How many beliefs of a study come from where, each place in a file counted once over all arms and points."""
    counts = dict.fromkeys(("assumed", "seed", "published", "fitted"), 0)
    places = {(use.file, use.line, use.path): use.source for one in loaded.resolved.values() for use in one.beliefs}
    for source in places.values():
        counts[source] += 1
    return counts
