"""Who differs between an arm and the baseline, and why: fates of all, then lives of those who differ alone.

A run tells one number a subscriber, a hash of all that happened to it. Where it differs, the same run is made again and
records those subscribers only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from outputs.stories import Path, Story, Titles, path_code
from standfast.experiments.differing import by_change, by_segment, differing
from standfast.experiments.lives import Names
from standfast.experiments.paths import Fork, forks, moment
from standfast.experiments.stories import chosen, followed, frequent

if TYPE_CHECKING:
    import datetime

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from outputs.differences import Differences
    from scenarios import LoadedStudy, Study
    from standfast.experiments.campaign import Progress

    Int64s = NDArray[np.int64]

FOLLOWED_MOST = 20_000
"""Most lives that are recorded in one replication, so that memory stays bounded when nearly everybody differs."""


class Lives(Protocol):
    """What runs the market and tells fates and diaries: the module `sim`, or a stand-in in tests."""

    def fates(self, study: Study, replication: int, *, engine: Any = "auto") -> pd.DataFrame:
        """Return id, segment, fate, operator_start, operator_end, satisfaction_end, revenue_fen."""

    def diary(self, study: Study, replication: int, ids: Int64s, *, engine: Any = "auto") -> pd.DataFrame:
        """Return id, day, date, event, a, b, what, in order of id and of what happened."""


class NoMarket(ValueError):
    """The study simulates no subscribers, so no life can differ."""


class SameArm(ValueError):
    """The arm is the baseline itself."""


def why(
    loaded: LoadedStudy,
    arm: str,
    point: str | None = None,
    replications: int = 1,
    progress: Progress | None = None,
    *,
    engine: str = "auto",
    lives: Lives | None = None,
    most: int = FOLLOWED_MOST,
) -> Differences:
    """Find who differs between an arm and the baseline of a study, and why. Stores nothing.

    Parameters
    ----------
    point: sweep point; the first one if not given.
    replications: so many, from 0; each is four runs, in this process.
    lives: what runs the market; `sim` if not given.
    most: of each replication at most so many lives are recorded, evenly by id.

    Raises SameArm, NoMarket, OtherPeople, LookupError (unknown arm or point), ModelError.
    """
    import pandas as pd

    import sim
    from outputs.differences import Differences

    point = loaded.points[0].name if point is None else point
    sides = (loaded.compare.baseline, arm)
    if arm == loaded.compare.baseline:
        raise SameArm(f"{arm} is the baseline of {loaded.name}: it cannot differ from itself")
    studies = (loaded.resolve(sides[0], point).study, loaded.resolve(arm, point).study)
    population = studies[0].population
    if population is None or studies[1].population is None:
        raise NoMarket("this study has no market: nobody's life can differ but in the halls")
    run = _Run(lives if lives is not None else sim, sides, studies, engine, progress, 4 * replications)
    each = [_parted(run, replication, most) for replication in range(replications)]
    who, paths = _with_paths([one.who for one in each], [fork for one in each for fork in one.forks], studies[0].start)
    found = dict(zip(who.index[who["followed"]], (fork for one in each for fork in one.forks), strict=True))
    segments = pd.concat([one.segments for one in each], axis="columns").fillna(0).sum(axis="columns").astype(int)
    people, own, weight = int(segments.sum()), studies[0].own, population.weight
    table = frequent(who, weight / replications)
    table["baseline_path"] = [paths[number][0] for number in table["path"]]
    table["arm_path"] = [paths[number][1] for number in table["path"]]
    told = chosen(who)
    rows = who.loc[told].to_dict("records")
    return Differences(
        study=loaded.name,
        arm=arm,
        arm_title=loaded.arm_titles.get(arm) or arm,
        baseline=loaded.compare.baseline,
        point=point,
        points=len(loaded.points),
        replications=replications,
        people=people,
        weight=weight,
        who=who.drop(columns=["followed", "path"]),
        changes=by_change(who, own, people, weight, replications),
        segments=by_segment(who, segments, weight, replications),
        causes=causes(list(found.values())),
        paths=table.drop(columns="path"),
        followed=len(found),
        step=max(one.step for one in each),
        stories=tuple(_story(row, found[at], studies[0].start) for at, row in zip(told, rows, strict=True)),
        titles=titles_of(studies),
    )


@dataclass
class _Run:
    """The two sides of a comparison, and how many of the runs are done."""

    lives: Lives
    sides: tuple[str, str]
    studies: tuple[Study, Study]
    engine: str
    progress: Progress | None
    planned: int
    done: int = 0

    def fates(self, replication: int) -> list[pd.DataFrame]:
        """Fates of all, of the baseline and of the arm."""
        return [self.told(n, self.lives.fates(self.studies[n], replication, engine=self.engine)) for n in (0, 1)]

    def diaries(self, replication: int, ids: Int64s) -> list[pd.DataFrame]:
        """Diaries of those ids, of the baseline and of the arm."""
        return [self.told(n, self.lives.diary(self.studies[n], replication, ids, engine=self.engine)) for n in (0, 1)]

    def told(self, side: int, frame: pd.DataFrame | None) -> Any:
        """Count a run as done and hand on what it gave."""
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.planned, self.sides[side], None)
        return frame


@dataclass(frozen=True)
class _Parted:
    """Of one replication: who differs, how the lives of those followed part, people by segment, every step-th of whom
    is followed."""

    who: pd.DataFrame
    forks: list[Fork]
    segments: pd.Series
    step: int


def _parted(run: _Run, replication: int, most: int) -> _Parted:
    import numpy as np

    before, after = run.fates(replication)
    who = differing(before, after, run.studies[0].own)
    segments = before["segment"].astype(str).value_counts()
    del before, after  # of ten million people only those who differ stay in memory
    ids, step = followed(who["id"].tolist(), most)
    who.insert(0, "replication", replication)
    who["followed"] = who["id"].isin(ids)
    if not ids:
        run.done += 2
        return _Parted(who, [], segments, step)
    diaries = run.diaries(replication, np.array(ids, dtype=np.int64))
    names = (names_of(run.studies[0]), names_of(run.studies[1]))
    return _Parted(who, forks(who[who["followed"]], diaries[0], diaries[1], names), segments, step)


def causes(found: list[Fork]) -> pd.DataFrame:
    """Return where lives part, the most frequent first: cause_step, cause_in, bare, simulated, share."""
    from collections import Counter

    import pandas as pd

    counts = Counter((f.cause.event.step, f.cause.side, f.cause.bare) for f in found if f.cause is not None)
    rows = [(step, side, bare, n, n / len(found)) for (step, side, bare), n in counts.most_common()]
    return pd.DataFrame(rows, columns=["cause_step", "cause_in", "bare", "simulated", "share"])


def names_of(study: Study) -> Names:
    """Return what the numbers in a diary of this study mean."""
    campaigns = [operator for operator, rival in study.competitors.items() for _ in rival.campaigns]
    return Names(
        plans=tuple(study.plans),
        operators=tuple(plan.operator for plan in study.plans.values()),
        campaigns=tuple(campaigns),
        own=study.own,
    )


def titles_of(studies: Sequence[Study]) -> Titles:
    """Return the titles of all that stories name; the first study's where both give one."""
    by_kind: dict[str, Mapping[str, str]] = {}
    for kind in ("operator", "plan", "tactic", "hall", "segment"):
        titles: dict[str, str] = {}
        for study in reversed(studies):
            titles |= {name: part.title for name, part in getattr(study, f"{kind}s").items() if part.title}
        by_kind[kind] = titles
    return Titles(studies[0].own, by_kind)


def _with_paths(
    every: list[pd.DataFrame], found: list[Fork], start: datetime.date
) -> tuple[pd.DataFrame, list[tuple[Path, Path]]]:
    """Return those who differ with their causes and paths as codes, the number of their path, and the list of paths."""
    import pandas as pd

    who = pd.concat(every, ignore_index=True)
    numbers: dict[tuple[Path, Path], int] = {}
    for each in found:
        numbers.setdefault((each.baseline_path, each.arm_path), len(numbers))
    rows = who.index[who["followed"]]
    causes = [moment(each.cause.event, start) if each.cause else None for each in found]
    columns: dict[str, tuple[Any, list[Any]]] = {
        "path": (-1, [numbers[each.baseline_path, each.arm_path] for each in found]),
        "cause_date": ("", [cause.date if cause else "" for cause in causes]),
        "cause": ("", [cause.step.code if cause else "" for cause in causes]),
        "cause_in": ("", [each.cause.side if each.cause else "" for each in found]),
        "cause_bare": (False, [bool(each.cause and each.cause.bare) for each in found]),
        "cause_minutes": (-1, [cause.minutes if cause else -1 for cause in causes]),
        "baseline_path": ("", [path_code(each.baseline_path) for each in found]),
        "arm_path": ("", [path_code(each.arm_path) for each in found]),
    }
    for name, (default, values) in columns.items():
        who[name] = default
        if len(rows):
            who.loc[rows, name] = values
    return who, list(numbers)


def _story(row: Mapping[Any, Any], found: Fork, start: datetime.date) -> Story:
    return Story(
        replication=int(row["replication"]),
        id=int(row["id"]),
        segment=str(row["segment"]),
        change=str(row["change"]),
        baseline=tuple(moment(event, start) for event in found.baseline),
        arm=tuple(moment(event, start) for event in found.arm),
        baseline_end=str(row["baseline_end"]),
        arm_end=str(row["arm_end"]),
    )
