"""The board on which our arms meet rivals' playbooks: which playbooks fit a study, and what each arm sees under each.

A playbook is a point of the plan: its runs are kept, resumed and shared among workers like those of a sweep.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from standfast.experiments.plan import Variant, variant_of

if TYPE_CHECKING:
    from scenarios import LoadedStudy, Study


class NotPlayable(ValueError):
    """A study, playbook, point or metric with which nothing can be held against anything. `help` says what to do."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True)
class Playbook:
    """A playbook in a study: name, title, the days on which its campaigns run there, and where its numbers are from.

    `begins` and `ends` are None where no rival has a campaign. `sources` counts what its numbers rest on.
    """

    name: str
    title: str
    begins: date | None
    ends: date | None
    sources: Mapping[str, int]


@dataclass(frozen=True)
class Board:
    """Arms against playbooks at one sweep point.

    Attributes
    ----------
    loaded: the study as stated.
    variants: what each arm sees, by (arm, playbook).
    left_out: playbooks that ship but do not fit this study, and why.
    replaced: paths of the sweep and of `--set` that the playbooks take the place of.
    """

    loaded: LoadedStudy
    point: str
    playbooks: tuple[Playbook, ...]
    variants: Mapping[tuple[str, str], Variant]
    left_out: tuple[tuple[str, str], ...]
    replaced: tuple[str, ...]


def set_up(study: str | Path, sets: Sequence[str] = (), names: Sequence[str] = (), point: str | None = None) -> Board:
    """Read a study under each playbook: by library name, path, `quiet` or `as-stated`.

    Without names, `quiet` and every playbook that ships and fits the study. A playbook that was named and does not fit
    is an error. `point` is the sweep point, the first if not given; what a sweep says of rivals is left out under a
    playbook. Raises StudyErrors, NotPlayable.
    """
    import scenarios
    from scenarios.playbooks import AS_STATED, QUIET, playbook_names, read_playbook

    loaded = scenarios.load(study, sets)
    point = _point(loaded, point)
    first = loaded.resolve(loaded.compare.baseline, point).study
    if not first.has_market:
        help = "add `population` and the market (docs/market.md); what halls need is told by `standfast compare`"
        raise NotPlayable(f"{loaded.name} has no market, so no rival can do anything in it", help)
    found: list[Playbook] = []
    variants: dict[str, dict[str, Variant]] = {}
    left_out, replaced = [], dict[str, None]()
    for each in names or (QUIET, *playbook_names()):
        name = each if each in (QUIET, AS_STATED) else Path(each).stem
        if name in variants:
            raise NotPlayable(f"two playbooks are called {name!r}", "name each once; give files names of their own")
        try:
            under = loaded if name == AS_STATED else scenarios.load(study, sets, each)
        except scenarios.StudyErrors as faults:
            if names or any(problem.code == "rivals-in-arm" for problem in faults.problems):
                raise
            left_out.append((name, faults.problems[0].message))
            continue
        title = name if name == AS_STATED else read_playbook(each, []).title
        played = _playbook(name, title, under, point)
        if name not in (QUIET, AS_STATED) and (idle := _idle(played, under.resolve(loaded.arms[0], point).study)):
            if names:
                raise NotPlayable(f"{name} would be silent: {idle}", "copy the playbook and change its dates")
            left_out.append((name, idle))
            continue
        replaced.update((warning.path, None) for warning in under.warnings if warning.code == "left-out")
        found.append(played)
        variants[name] = {arm: variant_of(arm, name, under.resolve(arm, point)) for arm in loaded.arms}
    if not names and len(found) < 2:
        told = "; ".join(f"{name}: {why}" for name, why in left_out)
        help = "write what your rivals may do into files, and name them with --playbook FILE"
        raise NotPlayable(f"no playbook that ships fits {loaded.name}: {told}", help)
    table = {(arm, name): variants[name][arm] for arm in loaded.arms for name in variants}
    return Board(loaded, point, tuple(found), table, tuple(left_out), tuple(replaced))


def _point(loaded: LoadedStudy, point: str | None) -> str:
    from scenarios.suggestions import suggestion

    known = [each.name for each in loaded.points if getattr(each, "draw", None) is None]
    if point is None or point in known:
        return point or known[0]
    raise NotPlayable(f"no sweep point is called {point!r}", suggestion(point, known))


def _playbook(name: str, title: str, under: LoadedStudy, point: str) -> Playbook:
    resolved = under.resolve(under.compare.baseline, point)
    campaigns = [
        campaign
        for rival in resolved.study.competitors.values()
        if rival.enabled
        for campaign in rival.campaigns.values()
    ]
    sources = Counter(each.source for each in resolved.beliefs if each.path.startswith("competitors."))
    return Playbook(
        name,
        title,
        min((each.from_ for each in campaigns), default=None),
        max((each.until for each in campaigns), default=None),
        dict(sources),
    )


def _idle(playbook: Playbook, study: Study) -> str:
    """Why a playbook does nothing while the study lasts; empty where it does."""
    ends = study.start + timedelta(days=study.days - 1)
    if playbook.begins is None or playbook.ends is None:
        reacts = any(rival.match for rival in study.competitors.values() if rival.enabled)
        return "" if reacts else "no rival in it has a campaign or answers a price"
    if playbook.ends < study.start or playbook.begins > ends:
        return f"it runs from {playbook.begins} to {playbook.ends}, and the study from {study.start} to {ends}"
    return ""
