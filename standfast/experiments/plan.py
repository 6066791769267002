"""The plan: every run as data before any runs, what of it is done, and why the rest must run.

A run's key is made of the model, seed, replication and engine version; names of arms and points are labels only, so two
arms of equal content share their runs.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from standfast.experiments.chosen import chosen
from standfast.experiments.store import Store, study_folder

if TYPE_CHECKING:
    from scenarios import BeliefUse, LoadedStudy, ResolvedStudy, Study
    from scenarios.source import Map

NAMED_PATHS = 4
"""Changed paths that a reason names before it only counts."""


@dataclass(frozen=True)
class Variant:
    """One arm at one sweep point, resolved: its study, and the name (hash) of everything in it that decides a run.

    `tree` is the study as written, kept beside its runs so that they can be made again; None if it was never written.
    """

    arm: str
    point: str
    study: Study
    beliefs: tuple[BeliefUse, ...]
    parts: Mapping[str, Any]
    model: str
    tree: Map | None = field(default=None, repr=False, compare=False)

    @property
    def seed(self) -> int:
        """The seed of its runs."""
        return int(self.study.seed)


@dataclass(frozen=True, slots=True)
class Run:
    """One replication of one variant. `key` is its identity."""

    arm: str
    point: str
    replication: int
    key: str
    model: str
    seed: int

    @property
    def study_name(self) -> str:
        """What the run's study is called among workers: variants that share it give the same results."""
        return study_name(self.model, self.seed)


@dataclass(frozen=True)
class PlanLine:
    """The runs of one arm and point that share a reason: `why` is "" for those that are done."""

    arm: str
    point: str
    runs: int
    why: str


@dataclass(frozen=True)
class Plan:
    """Runs in order (arm, point, replication), and for each that must run the reason by key.

    `seconds_each` is the usual time of a run by model, as far as runs like it were made before; `at_most` is how many
    different runs there can be if verdicts stay open to the end.
    """

    name: str
    folder: Path | None
    runs: tuple[Run, ...]
    reasons: Mapping[str, str]
    seconds_each: Mapping[str, float]
    at_most: int

    @property
    def different(self) -> int:
        """Runs to be made in all: arms of equal content are run once."""
        return len({run.key for run in self.runs})

    @property
    def todo(self) -> int:
        """Different runs that must run."""
        return len(self.reasons)

    @property
    def done(self) -> int:
        """Different runs that are there already."""
        return self.different - self.todo

    @property
    def lines(self) -> tuple[PlanLine, ...]:
        """The plan by arm, point and reason."""
        counts = Counter((run.arm, run.point, self.reasons.get(run.key, "")) for run in self.runs)
        return tuple(PlanLine(arm, point, number, why) for (arm, point, why), number in counts.items())

    def estimate_s(self, workers: int) -> float | None:
        """Seconds that the missing runs will take with that many workers; None where nothing was ever timed."""
        models = {run.key: run.model for run in self.runs if run.key in self.reasons}
        if not models:
            return 0.0
        if not self.seconds_each:
            return None
        usual = sum(self.seconds_each.values()) / len(self.seconds_each)
        return sum(self.seconds_each.get(model, usual) for model in models.values()) / min(workers, len(models))


def content_hash(content: Any) -> str:
    """SHA-256 in hex of the canonical JSON of plain data: sorted keys, no spaces, UTF-8, no NaN."""
    return hashlib.sha256(_json(content).encode()).hexdigest()


def run_key(model: str, seed: int, replication: int, engine: str) -> str:
    """Identity of a run. `model` is the content_hash of the resolved study's model parts."""
    return content_hash({"model": model, "seed": seed, "replication": replication, "engine": engine})


def study_name(model: str, seed: int) -> str:
    """What a study is called among workers: variants that share it give the same results."""
    return f"{model}:{seed}"


class RunKeys:
    """Keys of a variant's runs by replication; equal to `run_key`, and made at a tenth of its cost."""

    def __init__(self, variant: Variant, engine: str) -> None:
        self.seed = variant.seed
        self.study_name = study_name(variant.model, self.seed)
        # The canonical JSON of `run_key`, cut where the replication stands.
        head = f'{{"engine":{_json(engine)},"model":{_json(variant.model)},"replication":'
        self._head, self._tail = hashlib.sha256(head.encode()), f',"seed":{self.seed}}}'

    def __getitem__(self, replication: int) -> str:
        begun = self._head.copy()
        begun.update(f"{replication}{self._tail}".encode())
        return begun.hexdigest()


def resolve_variants(loaded: LoadedStudy) -> dict[tuple[str, str], Variant]:
    """Resolve every arm at every sweep point, in plan order. Raises StudyErrors."""
    from standfast.experiments.drawn_variant import drawn_variants

    drawn = drawn_variants(loaded)
    return {
        (arm, point.name): variant_of(arm, point.name, loaded.resolve(arm, point.name))
        if point.draw is None
        else drawn(arm, point.name)
        for arm in loaded.arms
        for point in loaded.points
    }


def variant_of(arm: str, point: str, resolved: ResolvedStudy) -> Variant:
    """A resolved study as something to run, under the names of an arm and a point."""
    parts = resolved.model_parts
    return Variant(arm, point, resolved.study, tuple(resolved.beliefs), parts, content_hash(parts), resolved.tree)


def make_run(variant: Variant, replication: int, engine: str) -> Run:
    """The run of a variant with that number; replications count from 0."""
    return _run(variant, replication, RunKeys(variant, engine))


def runs_of(variant: Variant, replications: int, engine: str) -> Iterator[Run]:
    """The first runs of a variant."""
    keys = RunKeys(variant, engine)
    return (_run(variant, each, keys) for each in range(replications))


def studies_by_name(variants: Mapping[tuple[str, str], Variant], engine: str) -> Mapping[str, Study]:
    """The different studies behind the variants, by the name under which a run asks for its own."""
    return _Studies({RunKeys(variant, engine).study_name: variant for variant in variants.values()})


class _Studies(Mapping[str, "Study"]):
    """Asks a variant for its study when it is wanted: a draw of the beliefs works it out then."""

    def __init__(self, variants: Mapping[str, Variant]) -> None:
        self._variants = variants

    def __getitem__(self, name: str) -> Study:
        return self._variants[name].study

    def __iter__(self) -> Iterator[str]:
        return iter(self._variants)

    def __len__(self) -> int:
        return len(self._variants)


def make_plan(
    loaded: LoadedStudy,
    out: Path | None = None,
    replications: int | None = None,
    engine: str | None = None,
    only: Sequence[str] = (),
) -> Plan:
    """Plan a study's runs without making any, and see what of it `out` holds already. Writes nothing.

    Parameters
    ----------
    replications: of every arm; without it, those of the first look (`initial`).
    engine: version of the simulator; without it, that of `sim`.
    only: arms and points to keep to, as `standfast.experiments.chosen` reads them. Raises NothingSelected.
    """
    if engine is None:
        import sim

        engine = sim.ENGINE_VERSION
    store = None
    if out is not None:
        store = Store(study_folder(out, loaded.name))
        store.scan()
    variants = resolve_variants(loaded)
    wanted = chosen(only, variants)
    variants = {pair: variant for pair, variant in variants.items() if pair in wanted}
    number = replications or loaded.compare.initial
    runs = tuple(run for variant in variants.values() for run in runs_of(variant, number, engine))
    reasons: dict[str, str] = {}
    seconds: dict[str, float] = {}
    if store is None:
        reasons = {run.key: "never run" for run in runs}
    else:
        models = {variant.model: variant for variant in variants.values()}
        reasons = {run.key: why(run, store, models[run.model], engine) for run in runs if run.key not in store}
        seconds = _seconds_each(store)
    drawn = {point.name for point in loaded.points if point.draw is not None}
    most = replications or loaded.compare.maximum
    at_most = sum({v.model: number if v.point in drawn else most for v in variants.values()}.values())
    return Plan(loaded.name, store.folder if store else None, runs, reasons, seconds, at_most)


def why(run: Run, store: Store, variant: Variant, engine: str) -> str:
    """Why a run that is not in the store must run, against what was last run under the same arm, point and number."""
    if (damage := store.index.set_aside.get(run.key)) is not None:
        return f"its file was set aside: {damage}"
    last = store.index.newest(run.arm, run.point, run.replication)
    if last is None:
        return "never run"
    told = []
    if last.model != run.model:
        old = store.recall_model(last.model)
        changed = changed_paths(old, variant.parts) if old is not None else ()
        named = ", ".join(changed[:NAMED_PATHS])
        rest = f" and {len(changed) - NAMED_PATHS} more" if len(changed) > NAMED_PATHS else ""
        told.append(f"the model changed: {named}{rest}" if changed else "the model changed")
    if last.seed != run.seed and not any("seed" in each for each in told):
        told.append(f"the seed changed: {last.seed} → {run.seed}")
    if last.engine != engine:
        told.append(f"the engine changed: {last.engine} → {engine}")
    return "; ".join(told) or "never run"


def changed_paths(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Dotted paths whose values differ, in order; a list counts as one value."""
    return tuple(_changes(old, new, ""))


def _run(variant: Variant, replication: int, keys: RunKeys) -> Run:
    return Run(variant.arm, variant.point, replication, keys[replication], variant.model, keys.seed)


def _json(content: Any) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _changes(old: Any, new: Any, path: str) -> Sequence[str]:
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return () if old == new else (path,)
    found: list[str] = []
    for key in sorted({*old, *new}, key=str):
        inner = f"{path}.{key}" if path else str(key)
        if (key in old) != (key in new):
            found.append(inner)
        else:
            found.extend(_changes(old[key], new[key], inner))
    return found


def _seconds_each(store: Store) -> dict[str, float]:
    times: dict[str, list[float]] = {}
    for records in store.index.inside:
        for model, elapsed_s in zip(records.column("model"), records.column("elapsed_s"), strict=True):
            times.setdefault(model, []).append(elapsed_s)
    return {model: median(each) for model, each in times.items()}
