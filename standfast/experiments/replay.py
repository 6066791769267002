"""A run made again, held against the one that is kept: the same events, others, or nothing to hold it against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from standfast.experiments.campaign import made_with
from standfast.experiments.plan import make_run, variant_of
from standfast.experiments.store import Store, study_folder

if TYPE_CHECKING:
    from scenarios import LoadedStudy

Verdict = Literal["exact", "different", "not kept", "no digest"]


@dataclass(frozen=True)
class Replay:
    """What became of a replay. `changed` holds what of versions and platform is not as it was: before and now."""

    verdict: Verdict
    digest: str
    kept: str
    folder: Path
    changed: Mapping[str, tuple[str, str]]

    def told(self) -> str:
        """The replay in one line."""
        if not self.digest:
            return "this run has no digest of its events"
        said = f"events {self.digest}"
        if self.verdict == "exact":
            return f"{said}: replayed exactly, as kept in {self.folder}"
        if self.verdict == "not kept":
            return f"{said}: no such run is kept in {self.folder} to hold it against"
        if self.verdict == "no digest":
            return f"{said}: the run kept in {self.folder} has no digest to hold it against"
        others = ", ".join(f"{name} {now} (then {then})" for name, (then, now) in self.changed.items())
        told = f"{said}: NOT as kept in {self.folder}, where they are {self.kept}"
        return f"{told}; now {others}" if others else told


def replayed(
    loaded: LoadedStudy, arm: str | None, point: str | None, replication: int, digest: str, out: Path
) -> Replay:
    """Hold the digest of a run just made against that of the same run in the study's results. Writes nothing.

    The same run is the one with the same key: model, seed, replication and engine version. Raises StoreError.
    """
    import sim

    arm = loaded.compare.baseline if arm is None else arm
    point = loaded.points[0].name if point is None else point
    run = make_run(variant_of(arm, point, loaded.resolve(arm, point)), replication, sim.ENGINE_VERSION)
    store = Store(study_folder(out, loaded.name))
    store.scan()
    record = store.index.records.get(run.key)
    if record is None:
        return Replay("not kept", digest, "", store.folder, {})
    if not record.digest or not digest:
        return Replay("no digest", digest, "", store.folder, {})
    if record.digest == digest:
        return Replay("exact", digest, digest, store.folder, {})
    then, now = store.receipt(run.key).made_with, made_with()
    both = {name: (then.get(name, "none"), now.get(name, "none")) for name in {**then, **now}}
    changed = {name: versions for name, versions in both.items() if versions[0] != versions[1]}
    return Replay("different", digest, record.digest, store.folder, changed)
