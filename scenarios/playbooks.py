"""What rivals do, in place of what a study says they do: a playbook is a file with `competitors`, and nothing else.

A playbook takes the place of the study's whole `competitors` part, and of whatever the sweep and `--set` say there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scenarios.arms import Arm, Patch, Point
from scenarios.beliefs import null_strangers
from scenarios.layers import Layers
from scenarios.merge import with_every, without_nulls
from scenarios.problems import Problem, StudyErrors
from scenarios.schema.shape import file_shape
from scenarios.shipped import SUFFIXES, library_folder
from scenarios.source import Map, Scalar
from scenarios.suggestions import did_you_mean

AS_STATED = "as-stated"
"""Rivals as the study has them."""
QUIET = "quiet"
"""Rivals without campaigns and reactions: only their plans and networks."""

PART = "competitors"
PLAYBOOKS_FOLDER = "playbooks"
_OWN_KEYS = (PART, "schema_version", "title")


@dataclass(frozen=True)
class Playbook:
    """A playbook: its name, a title for people, its file, and its `competitors` (None: no rival does anything)."""

    name: str
    title: str
    path: Path | None
    competitors: Map | None


def playbook_names() -> tuple[str, ...]:
    """Return the names of the playbooks that ship with Standfast."""
    return tuple(sorted(path.stem for path in (library_folder() / PLAYBOOKS_FOLDER).glob("*.yaml")))


def find_playbook(playbook: str | Path) -> Path:
    """Return the file of a playbook given by path or library name. Raises `StudyErrors` with the nearest name."""
    path = Path(playbook)
    try:
        if path.is_file():
            return path
    except (OSError, ValueError):  # a name too long, or with a null byte
        pass
    if isinstance(playbook, str) and playbook in playbook_names():
        return library_folder() / PLAYBOOKS_FOLDER / f"{playbook}.yaml"
    known = (QUIET, AS_STATED, *playbook_names())
    named = path.suffix in SUFFIXES or len(path.parts) > 1
    what = "there is no such file" if named else "this is neither a file nor a playbook of the library"
    help = f"{did_you_mean(path.stem, known)}playbooks: {', '.join(known)}; or the path of a file"
    shown = "".join(char if char.isprintable() else "?" for char in str(playbook))[:300]
    raise StudyErrors([Problem(shown, 0, 0, "no-such-playbook", what, help=help)])


def read_playbook(playbook: str | Path, problems: list[Problem]) -> Playbook:
    """Read a playbook by name or path; `quiet` is the one in which no rival acts. Faults inside go to `problems`.

    Raises `StudyErrors` where there is no such playbook.
    """
    if playbook == QUIET:
        return Playbook(QUIET, QUIET, None, None)
    path = find_playbook(playbook)
    layers = Layers()
    root = layers.read(path, "playbook")
    problems += layers.problems
    if root is None:
        return Playbook(path.stem, path.stem, path, None)
    every = with_every(root, file_shape(), layers.shadows)
    problems += null_strangers(every, file_shape())
    spread = without_nulls(every)
    assert isinstance(spread, Map)
    for key in spread.entries:
        if key not in _OWN_KEYS:
            message = f"a playbook says what rivals do, and `{key}` is not that"
            help = "keep `competitors` alone in it; what they meet stands in the study"
            problems.append(spread.keys[key].problem("not-a-playbook", message, help, key))
    found = spread.entries.get(PART)
    if not isinstance(found, Map) or not found.entries:
        help = f"write `competitors: {{unicom: {{campaigns: {{…}}}}}}`; for rivals who do nothing: `{QUIET}`"
        problems.append(root.mark.problem("not-a-playbook", "no rival does anything in this playbook", help, PART))
        return Playbook(path.stem, path.stem, path, None)
    return Playbook(path.stem, _title(spread, found) or path.stem, path, found)


def _title(root: Map, competitors: Map) -> str:
    """Return the playbook's title, or the one that all its campaigns share; empty where there is none."""
    own = root.entries.get("title")
    if isinstance(own, Scalar) and own.text.strip():
        return " ".join(own.text.split())
    titles: set[str] = set()
    for rival in competitors.entries.values():
        campaigns = rival.entries.get("campaigns") if isinstance(rival, Map) else None
        for campaign in campaigns.entries.values() if isinstance(campaigns, Map) else ():
            title = campaign.entries.get("title") if isinstance(campaign, Map) else None
            titles.add(title.text if isinstance(title, Scalar) else "")
    return " ".join(titles.pop().split()) if len(titles) == 1 else ""


def in_place(whole: Map, playbook: Playbook) -> Map:
    """Return a study's tree with the playbook in place of its `competitors`."""
    entries = {key: node for key, node in whole.entries.items() if key != PART}
    keys = dict(whole.keys)
    if playbook.competitors is not None:
        entries[PART] = playbook.competitors
        keys[PART] = playbook.competitors.mark
    return replace(whole, entries=entries, keys=keys)


def of_rivals(patch: Patch) -> bool:
    """Whether a patch changes what a playbook replaces."""
    return patch.path.partition(".")[0] == PART


def without_rivals(
    points: Sequence[Point], settings: Sequence[Patch], warnings: list[Problem]
) -> tuple[tuple[Point, ...], list[Patch]]:
    """Return sweep points and settings without what they say of rivals; `warnings` tells what was left out.

    Points keep their names, so that a point means the same with and without a playbook.
    """
    left = dict.fromkeys(
        (patch.mark, patch.path) for patch in (*settings, *(p for point in points for p in point.patches))
        if of_rivals(patch)
    )  # fmt: skip
    for mark, path in left:
        message = "a playbook takes the place of what this says of rivals"
        warnings.append(mark.problem("left-out", message, f"it counts for `{AS_STATED}` alone", path, "warning"))
    kept = [patch for patch in settings if not of_rivals(patch)]
    bare = tuple(
        replace(point, patches=tuple(patch for patch in point.patches if not of_rivals(patch))) for point in points
    )
    return bare, kept


def rivals_in_arms(arms: Sequence[Arm]) -> list[Problem]:
    """Return a problem for each arm that changes rivals: with a playbook it could not be what the study says it is."""
    message = "this arm changes what rivals do, which a playbook replaces"
    help = "an arm says what we do; write what rivals do into a playbook of its own"
    return [
        patch.mark.problem("rivals-in-arm", message, help, f"arms.{arm.name}.{patch.path}")
        for arm in arms
        for patch in arm.patches
        if of_rivals(patch)
    ]
