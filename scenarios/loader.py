"""A study from its files to what each run sees: layers, arms, sweep points and `--set`, checked all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from scenarios.arms import APART, BASE_POINT, MOST_RUN_SETS, Arm, Patch, Point, hidden_levers, read_arms
from scenarios.beliefs import null_strangers
from scenarios.comparison import Compare, Comparing
from scenarios.consistency import Check
from scenarios.drawn_points import too_many_candidates, too_many_runs, with_draws
from scenarios.layers import Layers
from scenarios.merge import is_null, with_every, without_nulls
from scenarios.origins import Origin
from scenarios.patch import NOTHING_TO_CHANGE, Patching
from scenarios.playbooks import AS_STATED, in_place, read_playbook, rivals_in_arms, without_rivals
from scenarios.problems import Problem, StudyErrors
from scenarios.reading import parse
from scenarios.resolved import ResolvedStudy, resolved_tree
from scenarios.sampling import drawn_study
from scenarios.schema.shape import file_shape, study_shape
from scenarios.shipped import find_study
from scenarios.source import Map, Mark, Node, Scalar, Source
from scenarios.suggestions import suggestion
from scenarios.sweep import read_sweep
from scenarios.writing import yaml_text

SET = "--set"
CHECKED_DRAWS = 32
"""Draws of the beliefs that are tried in one arm when a study is loaded; the others are when they are resolved."""


@dataclass(frozen=True)
class LoadedStudy:
    """A study that is valid for every arm at every written sweep point.

    `resolved` holds those. What an arm sees in a draw of the beliefs is worked out when `resolve` is asked for it.
    """

    name: str
    title: str
    path: Path
    arms: tuple[str, ...]
    arm_titles: Mapping[str, str]
    points: tuple[Point, ...]
    compare: Compare
    fits: tuple[dict[str, Any], ...]
    files: tuple[Path, ...]
    warnings: tuple[Problem, ...]
    resolved: Mapping[tuple[str, str], ResolvedStudy] = field(repr=False)

    def resolve(self, arm: str, point: str = BASE_POINT) -> ResolvedStudy:
        """Return what an arm sees at a sweep point; `base` also means the first point of a sweep.

        Raises LookupError with the nearest name, and StudyErrors for a draw that makes no valid study.
        """
        names = self._points
        if point == BASE_POINT and point not in names:
            point = self.points[0].name
        for name, known, what in ((arm, list(self.arms), "arm"), (point, list(names), "sweep point")):
            if name not in known:
                raise LookupError(f"{self.name} has no {what} `{name}`: {suggestion(name, known)}")
        at = names[point]
        if at.seed is None:
            return self.resolved[arm, point]
        return drawn_study(self.resolved[arm, at.at], point, at.quantiles, at.seed)

    @cached_property
    def _points(self) -> Mapping[str, Point]:
        return {point.name: point for point in self.points}

    def explain(self, arm: str, point: str = BASE_POINT) -> tuple[Origin, ...]:
        """Return every value that an arm sees, with the file and line that set it and how."""
        return tuple(self.resolve(arm, point).origins.values())

    def resolved_yaml(self, arm: str, point: str = BASE_POINT) -> str:
        """Return what an arm sees as one study file without `extends`, arms or patches."""
        return yaml_text(self.resolve(arm, point).tree)


def load(study: str | Path, sets: Sequence[str] = (), playbook: str | Path = AS_STATED) -> LoadedStudy:
    """Read a study given by path or library name, with `path=value` settings on top.

    `playbook` (a path, a library name or `quiet`) takes the place of what the study, its sweep and the settings say of
    rivals. Every arm at every sweep point is resolved and validated. Raises `StudyErrors` with all problems at once.
    """
    return _load(find_study(study), None, sets, playbook)


def loads(text: str, sets: Sequence[str] = (), path: str | Path = "study.yaml") -> LoadedStudy:
    """Read a study from a text, as if it stood in the file `path`. Raises `StudyErrors`."""
    return _load(Path(path), text, sets)


def _load(path: Path, text: str | None, sets: Sequence[str], playbook: str | Path = AS_STATED) -> LoadedStudy:
    layers = Layers()
    root = layers.read(path, "file", text=text)
    problems = layers.problems
    settings = _settings(sets, problems)
    if root is None:
        raise StudyErrors(problems)
    whole = _whole(root, layers, settings, problems)
    arms = read_arms(whole.entries.get("arms"), problems)
    sweep = read_sweep(whole.entries.get("sweep"), whole, problems)
    if playbook != AS_STATED:
        whole = in_place(whole, read_playbook(playbook, problems))
        written, settings = without_rivals(sweep.points, settings, layers.shadows.warnings)
        sweep = replace(sweep, points=written, sample=None)  # draws of the study's own rivals would mean nothing
        problems += rivals_in_arms(arms)
    points = sweep.points
    if len(arms) * len(points) > MOST_RUN_SETS:
        message = f"{len(arms)} arms at {len(points):,} points are more than {MOST_RUN_SETS:,} combinations"
        raise StudyErrors([*problems, whole.keys["sweep"].problem("too-large", message, "sweep fewer values", "sweep")])
    late = [patch for patch in settings if not _is_early(patch)]
    resolved = _resolved_all(whole, arms, points, late, problems, layers.shadows.warnings)
    comparing = Comparing([arm.name for arm in arms], [one.study for one in resolved.values()], problems)
    compare = comparing.read(whole.entries.get("compare"))
    if compare.checks and sweep.sample is None and playbook == AS_STATED:
        problems.append(_no_draws(compare.checks[0]))
    problems += too_many_candidates(sweep, len(arms), compare.initial)
    if sweep.sample is not None and not problems:
        points = with_draws(sweep, sweep.sample, resolved, problems)
    problems += too_many_runs(sweep, len(arms), len(points), compare.initial)
    if problems:
        raise StudyErrors(_causes(problems, layers.incomplete))
    layers.shadows.warnings += hidden_levers(arms, sweep.points)
    loaded = _loaded(path, layers, arms, points, compare, resolved)
    for point in [point for point in points if point.draw is not None][:CHECKED_DRAWS]:
        loaded.resolve(compare.baseline, point.name)
    return loaded


def _no_draws(check: Check) -> Problem:
    message, help = "a check is asked of the draws of the beliefs, and there are none", "add `sweep: {sample: {n: 64}}`"
    _, condition = check.parts[0]
    return condition.mark.problem("no-draws", message, help, condition.path)


def _resolved_all(
    whole: Map,
    arms: Sequence[Arm],
    points: Sequence[Point],
    late: Sequence[Patch],
    problems: list[Problem],
    warnings: list[Problem],
) -> dict[tuple[str, str], ResolvedStudy]:
    """Return what every arm sees at every point; combinations with problems are left out."""
    base = replace(
        whole, entries={key: node for key, node in whole.entries.items() if key not in APART or key == "title"}
    )
    resolved: dict[tuple[str, str], ResolvedStudy] = {}
    for arm in arms:
        in_arm = _patched(base, arm.patches, f"arm {arm.name}", problems)
        seen: dict[tuple[Patch, ...], ResolvedStudy | None] = {}
        for point in points:
            if point.patches not in seen:
                at_point = _patched(in_arm, point.patches, f"sweep point {point.name}", problems)
                seen[point.patches] = resolved_tree(_patched(at_point, late, SET, problems), problems, warnings)
            one = seen[point.patches]
            if one is not None:
                resolved[arm.name, point.name] = one
    return resolved


def _causes(problems: Sequence[Problem], incomplete: bool) -> list[Problem]:
    """Return the problems without those that may only follow from others: a value that stands in an unreadable file,
    or a change of a part whose key is misspelt."""
    follows = {NOTHING_TO_CHANGE} if any(p.code in ("unknown-key", "missing", "type") for p in problems) else set()
    if incomplete:
        follows |= {NOTHING_TO_CHANGE, "missing", "unknown-path", "unknown-name", "unknown-scope", "shares", "empty"}
    return [problem for problem in problems if problem.code not in follows]


def _loaded(
    path: Path,
    layers: Layers,
    arms: tuple[Arm, ...],
    points: tuple[Point, ...],
    compare: Compare,
    resolved: Mapping[tuple[str, str], ResolvedStudy],
) -> LoadedStudy:
    first = resolved[arms[0].name, points[0].name].study
    titles = {arm.name: arm.title for arm in arms}
    names = tuple(titles)
    warnings = tuple(dict.fromkeys(layers.shadows.warnings))
    files = tuple(layers.files)
    return LoadedStudy(
        first.name, first.title, path, names, titles, points, compare, tuple(layers.fits), files, warnings, resolved
    )


def _whole(root: Map, layers: Layers, settings: Sequence[Patch], problems: list[Problem]) -> Map:
    """Return the merged file with `*` spread, the settings outside the model made, and nulls dropped."""
    spread = with_every(root, file_shape(), layers.shadows)
    assert isinstance(spread, Map)
    patching = Patching(SET, file_shape(), problems)
    for patch in settings:
        if _is_early(patch):
            spread = patching.apply(spread, patch.path, patch.mark, patch.value)
    arms = spread.entries.get("arms")
    problems += null_strangers(spread, file_shape())
    cleaned = without_nulls(spread)
    assert isinstance(cleaned, Map)
    # a null in an arm removes a key there, so arms keep theirs
    if arms is None or is_null(arms):
        return cleaned
    return replace(cleaned, entries={**cleaned.entries, "arms": arms})


def _is_early(patch: Patch) -> bool:
    return patch.path.partition(".")[0] in ("compare", "title")


def _patched(tree: Map, patches: Sequence[Patch], how: str, problems: list[Problem]) -> Map:
    patching = Patching(how, study_shape(), problems)
    for patch in patches:
        tree = patching.apply(tree, patch.path, patch.mark, patch.value)
    cleaned = without_nulls(tree)
    assert isinstance(cleaned, Map)
    return cleaned


def _settings(sets: Sequence[str], problems: list[Problem]) -> list[Patch]:
    patches: list[Patch] = []
    for text in sets:
        path, equals, value = text.partition("=")
        mark = Mark(Source(SET, SET, text), 1, 1, max(1, len(path)))
        first = path.partition(".")[0]
        if not equals or not path.strip():
            problems.append(
                mark.problem("set", "a setting is `path=value`", "for example `--set halls.NAME.kiosks.count=4`")
            )
        elif first in APART and first not in ("compare", "title"):
            problems.append(mark.problem("set", f"`{first}` cannot be set here", "set the value itself", path))
        else:
            try:
                padded = Source(SET, SET, " " * (len(path) + 1) + value, text)
                patches.append(Patch(path.strip(), mark, _single(parse(padded, problems), padded, path)))
            except StudyErrors as errors:
                problems += errors.problems
    return patches


def _single(node: Node, source: Source, path: str) -> Node:
    """Return the value of a setting; an empty one is null, which removes the key."""
    if isinstance(node, Map) and not node.entries and not source.text.strip():
        return Scalar(Mark(source, 1, len(path) + 1), None, "")
    return node
