"""What `standfast why` found, as plain frames, and how a terminal shows it: who differs, the paths, ten stories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from outputs.findings import Language
from outputs.language import say
from outputs.plaintext import shorten
from outputs.quantities import count_words, fit_scale
from outputs.stories import Path, Story, Titles, path_code, path_words, step_words, story_words
from outputs.tables import csv_bytes

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

PATHS_SHOWN = 10
"""Most paths to another end that are shown."""

SAME_ENDS_SHOWN = 3
"""Most paths to the same end that are shown: they are the most frequent, and tell least."""

CAUSES_SHOWN = 5
TITLE_CELLS = 60
"""Longest title of an arm that is shown, in cells."""


@dataclass(frozen=True, eq=False)
class Differences:
    """Who differs between an arm and the baseline at a sweep point, and why.

    Attributes
    ----------
    people: simulated lives, all replications together; `weight` is how many subscribers one stands for.
    who: everybody who differs, a row a life: replication, id, segment, start, baseline_end, arm_end, change,
        satisfaction and revenue_fen of both arms, cause_date, cause, cause_in, cause_bare, baseline_path, arm_path; the
        paths as `outputs.stories.path_code` writes them, "" for those whose lives were not followed.
    changes, segments: counts, as `standfast.experiments.differing` gives them.
    causes: cause_step (a `Step`), cause_in, bare, simulated, share; the most frequent first.
    paths: change, baseline_path, arm_path (each a `Path`), simulated, share, full; the most frequent first.
    followed, step: how many of those who differ have a path: every step-th.
    stories: those chosen to be told.
    """

    study: str
    arm: str
    arm_title: str
    baseline: str
    point: str
    points: int
    replications: int
    people: int
    weight: float
    who: pd.DataFrame
    changes: pd.DataFrame
    segments: pd.DataFrame
    causes: pd.DataFrame
    paths: pd.DataFrame
    followed: int
    step: int
    stories: tuple[Story, ...]
    titles: Titles

    def shown_paths(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the most frequent paths to another end, and the most frequent to the same end."""
        same = self.paths["change"] == "same"
        return self.paths[~same].head(PATHS_SHOWN), self.paths[same].head(SAME_ENDS_SHOWN)

    def story_texts(self, language: Language = "en") -> list[str]:
        """Return the stories in words."""
        arm = shorten(self.arm_title or self.arm, TITLE_CELLS)
        return [story_words(language, story, self.titles, arm, self.replications) for story in self.stories]


def differences_csv(found: Differences) -> bytes:
    """Return `why-ARM.csv`: everybody who differs, both ends, cause and paths."""
    return csv_bytes(found.who)


def told_differences(found: Differences, language: Language = "en") -> dict[str, Any]:
    """Return what was found as plain data for JSON; paths and stories in words too. People count simulated lives."""
    paths = [
        {
            "change": row["change"],
            "baseline": path_code(row["baseline_path"]),
            "arm": path_code(row["arm_path"]),
            "words": _both(language, row["baseline_path"], row["arm_path"], found.titles),
            "simulated": int(row["simulated"]),
            "share": float(row["share"]),
            "full": float(row["full"]),
        }
        for paths in found.shown_paths()
        for row in _rows(paths)
    ]
    causes = [
        {
            "cause": row["cause_step"].code,
            "in": row["cause_in"],
            "bare": bool(row["bare"]),
            "simulated": int(row["simulated"]),
            "share": float(row["share"]),
        }
        for row in _rows(found.causes)
    ]
    stories = [
        {
            "replication": story.replication,
            "id": story.id,
            "segment": story.segment,
            "change": story.change,
            "baseline_end": story.baseline_end,
            "arm_end": story.arm_end,
            "text": text,
        }
        for story, text in zip(found.stories, found.story_texts(language), strict=True)
    ]
    return {
        "study": found.study,
        "arm": found.arm,
        "baseline": found.baseline,
        "point": found.point,
        "replications": found.replications,
        "people": found.people,
        "weight": found.weight,
        "differ": len(found.who),
        "changes": found.changes.to_dict("records"),
        "segments": found.segments.to_dict("records"),
        "followed": found.followed,
        "causes": causes,
        "paths": paths,
        "paths_in_all": len(found.paths),
        "stories": stories,
    }


def print_differences(found: Differences, console: Console, language: Language = "en") -> None:
    """Print who differs, the paths and the stories on a rich console; text from studies is printed as text."""
    from outputs.terminal import Plainer, plain_text

    plain = Plainer(console)
    arm = shorten(found.arm_title or found.arm, TITLE_CELLS)

    def line(text: str, style: str = "") -> None:
        console.print(plain_text(plain(text), style))

    def heading(key: str, **values: object) -> None:
        console.print()
        line(say(language, key, **values), "bold")

    title = say(language, "why.title", arm=arm)
    if found.points > 1:
        where = say(language, "why.point", point=shorten(found.point, TITLE_CELLS))
        title = say(language, "label.part", kpi=title, where=where)
    line(title, "bold")
    console.print()
    numbers = {"people": f"{found.people:,}", "arm": arm}
    if found.who.empty:
        line(say(language, "why.nobody", **numbers))
        return
    share = fit_scale(language, "1", [len(found.who) / found.people], []).value(len(found.who) / found.people)
    full = _count(float(found.changes["full"].iloc[0]))
    key = "why.differ" if found.replications == 1 else "why.differ_runs"
    line(say(language, key, differ=f"{len(found.who):,}", share=share, full=full, **numbers, **_runs(found)))
    console.print()
    console.print(_changes(found, language, arm, plain))
    console.print()
    console.print(_segments(found, language, plain))
    heading("why.causes")
    console.print(_causes(found, language, arm, plain))
    same = int((found.paths["change"] == "same").sum())
    for key, paths, number in zip(
        ("why.paths", "why.same_paths"), found.shown_paths(), (len(found.paths) - same, same), strict=True
    ):
        if number:
            heading(key, count=len(paths), all=f"{number:,}")
            console.print(_paths(paths, found.titles, language, arm, plain))
    if found.step > 1:
        line(say(language, "why.path_followed", followed=f"{found.followed:,}", step=found.step), "dim")
    heading("why.stories", count=len(found.stories))
    for story in found.story_texts(language):
        line(f"- {story}")
    console.print()
    line(say(language, "why.full_note", weight=f"{found.weight:,.4g}", arm=arm), "dim")


def _runs(found: Differences) -> dict[str, object]:
    return {"replications": found.replications} if found.replications > 1 else {}


def _changes(found: Differences, language: Language, arm: str, plain: Any) -> object:
    keys = ("change", "simulated", "ours", "full", "share", "revenue")
    share = _shares(language, found.changes["share"])
    rows = [
        (
            say(language, f"why.change.{row['change']}", arm=arm),
            _count(row["simulated"]),
            _count(row["ours"]),
            _count(row["full"]),
            share(row["share"]),
            f"{row['revenue_cny']:+,.0f}",
        )
        for row in _rows(found.changes)
    ]
    return _table([say(language, f"why.column.{key}") for key in keys], rows, plain)


def _segments(found: Differences, language: Language, plain: Any) -> object:
    changes = ("kept", "lost", "elsewhere", "same")
    heads = [say(language, f"why.column.{key}") for key in ("segment", "people", "differ", "share")]
    heads += [say(language, f"why.{key}") for key in changes] + [say(language, "why.column.full")]
    share = _shares(language, found.segments["share"])
    rows = [
        (
            found.titles.of(language, "segment", row["segment"]),
            _count(row["people"]),
            _count(row["differ"]),
            share(row["share"]),
            *(_count(row[key]) for key in changes),
            _count(row["full"]),
        )
        for row in _rows(found.segments)
    ]
    return _table(heads, rows, plain)


def _causes(found: Differences, language: Language, arm: str, plain: Any) -> object:
    places = {"baseline": say(language, "why.in_baseline"), "arm": say(language, "why.in_arm", arm=arm)}
    shown = found.causes.head(CAUSES_SHOWN)
    share = _shares(language, shown["share"])
    rows = []
    for row in _rows(shown):
        words = step_words(language, row["cause_step"], found.titles)
        cause = say(language, "why.bare", step=words) if row["bare"] else words
        told = say(language, "why.cause", where=places[row["cause_in"]], cause=cause)
        rows.append((_count(row["simulated"]), share(row["share"]), told))
    heads = [say(language, f"why.column.{key}") for key in ("simulated", "share", "cause")]
    return _table(heads, rows, plain, words=(2,))


def _paths(paths: pd.DataFrame, titles: Titles, language: Language, arm: str, plain: Any) -> object:
    heads = [say(language, f"why.column.{key}", arm=arm) for key in ("simulated", "share", "change", "path")]
    share = _shares(language, paths["share"])
    rows = [
        (
            _count(row["simulated"]),
            share(row["share"]),
            say(language, f"why.{row['change']}"),
            _both(language, row["baseline_path"], row["arm_path"], titles),
        )
        for row in _rows(paths)
    ]
    return _table(heads, rows, plain, words=(2, 3))


def _both(language: Language, baseline: Path, arm: Path, titles: Titles) -> str:
    return f"{path_words(language, baseline, titles)} | {path_words(language, arm, titles)}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], plain: Any, words: Sequence[int] = (0,)) -> object:
    """A plain table; the columns of `words` are to the left, the others are numbers."""
    from rich.table import Table

    from outputs.terminal import plain_text

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for at, head in enumerate(heads):
        table.add_column(plain_text(plain(head), "dim"), justify="left" if at in words else "right", overflow="fold")
    for row in rows:
        table.add_row(*(plain_text(plain(cell)) for cell in row))
    return table


def _shares(language: Language, column: Iterable[float]) -> Callable[[float], str]:
    """How shares of one column are shown: with decimals for the small ones beside the large ones."""
    scale = fit_scale(language, "1", column, [])
    scale = replace(scale, decimals=max(2, scale.decimals))
    return lambda share: scale.value(float(share))


def _count(number: float) -> str:
    return count_words(round(float(number)))


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
