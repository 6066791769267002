"""`standfast show A --against B`: what differs between two studies as two arms see them, and where each says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from outputs.plaintext import printable, shorten
from standfast.commands.exits import DONE, counted, print_json, unknown
from standfast.commands.run import load_study

if TYPE_CHECKING:
    from scenarios import LoadedStudy, Origin
    from scenarios.differences import Difference
    from scenarios.resolved import ResolvedStudy

LONGEST_VALUE = 100
"""Longer values are cut on the terminal."""


@dataclass(frozen=True)
class Side:
    """A study as an arm sees it at a sweep point."""

    loaded: LoadedStudy
    arm: str
    point: str

    @property
    def resolved(self) -> ResolvedStudy:
        """What it says."""
        return self.loaded.resolve(self.arm, self.point)

    @property
    def file(self) -> str:
        """Its file."""
        from scenarios.problems import shown_path

        return shown_path(self.loaded.path)

    @property
    def words(self) -> str:
        """What it is called."""
        point = f", point {self.point}" if len(self.loaded.points) > 1 else ""
        return printable(f"{self.file}, arm {self.arm}{point}")


def show_against(
    study: str, arm: str | None, point: str | None, against: str, sets: Sequence[str], as_json: bool
) -> int:
    """Print every value that differs between a study and another one, with the place that sets it in each."""
    from scenarios.differences import differences

    loaded = load_study(study, sets, arm, point)
    here = Side(loaded, arm or loaded.compare.baseline, point or loaded.points[0].name)
    there = other_side(here, against)
    found = differences(here.resolved, there.resolved)
    if as_json:
        sides = {name: {"study": side.file, "arm": side.arm, "point": side.point} for name, side in
                 (("here", here), ("there", there))}  # fmt: skip
        lists = {name: [_as_dict(each) for each in getattr(found, name)] for name in ("model", "notes")}
        print_json({**sides, "same_model": found.same_model, **lists})
        return DONE
    print(f"here   {here.words}\nthere  {there.words}")
    for each in found.model:
        print(f"\n{printable(each.path)}\n  here   {_told(each.here)}\n  there  {_told(each.there)}")
    if found.same_model:
        print("\nthe same model: every run of the one is a run of the other")
    else:
        print(f"\n{counted(len(found.model), 'value')} that {'decides' if len(found.model) == 1 else 'decide'} runs")
    for each in found.notes:
        print(f"decides no run: {printable(each.path)}: {_cut(each.here)} | {_cut(each.there)}")
    return DONE


def other_side(here: Side, text: str) -> Side:
    """What `STUDY`, `STUDY:ARM`, `STUDY:ARM@POINT` or, within the same study, `:ARM@POINT` means.

    Where no arm or point is named it is that of `here`, if the other study has it, else its baseline and first point.
    """
    loaded, names = _study_and_names(here.loaded, text)
    points = [point.name for point in loaded.points]
    arm, point = names, ""
    if names and names not in loaded.arms and "@" in names:
        arm, _, point = names.rpartition("@")
    if arm and arm not in loaded.arms:
        raise unknown("arm", arm, loaded.arms)
    if point and point not in points:
        raise unknown("sweep point", point, points)
    arm = arm or (here.arm if here.arm in loaded.arms else loaded.compare.baseline)
    return Side(loaded, arm, point or (here.point if here.point in points else points[0]))


def _study_and_names(loaded: LoadedStudy, text: str) -> tuple[LoadedStudy, str]:
    """Load the study that a text names; what stands behind its last colon are names, unless it is part of a path."""
    import scenarios
    from scenarios.shipped import find_study

    study, colon, names = text.rpartition(":")
    if not study and colon:
        return loaded, names
    if colon and not any(mark in names for mark in "/\\"):
        try:
            find_study(text)
        except scenarios.StudyErrors:
            return scenarios.load(study), names
    return scenarios.load(text), ""


def _told(origin: Origin | None) -> str:
    if origin is None:
        return "not set"
    place = f"{origin.file}:{origin.line} " if origin.line else ""
    over = f", over {', '.join(origin.shadowed)}" if origin.shadowed else ""
    return f"{_cut(origin)}   # {printable(f'{place}({origin.how}){over}')}"


def _cut(origin: Origin | None) -> str:
    if origin is None:
        return "not set"
    return shorten(printable(origin.value), LONGEST_VALUE)


def _as_dict(each: Difference) -> dict[str, Any]:
    sides = {"here": each.here, "there": each.there}
    return {"path": each.path} | {
        name: {key: value for key, value in asdict(origin).items() if key != "path"} if origin else None
        for name, origin in sides.items()
    }
