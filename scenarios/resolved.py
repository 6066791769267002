"""What one arm sees at one sweep point: the study that runs, what of it is believed, where values come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from scenarios.beliefs import Beliefs, BeliefUse
from scenarios.canonical import model_parts
from scenarios.origins import Origin, origins
from scenarios.problems import Problem
from scenarios.schema.shape import study_shape
from scenarios.schema.study import Study
from scenarios.source import Map
from scenarios.validation import validated, warned


@dataclass(frozen=True)
class ResolvedStudy:
    """What one arm sees at one sweep point. `tree` is the study as written, after all patches, beliefs included."""

    study: Study
    beliefs: tuple[BeliefUse, ...]
    tree: Map = field(repr=False)

    @cached_property
    def origins(self) -> Mapping[str, Origin]:
        """Where each value comes from, by dotted path; functions of time are one value."""
        return {origin.path: origin for origin in origins(self.tree, study_shape())}

    @cached_property
    def model_parts(self) -> dict[str, Any]:
        """Everything that decides a run, as canonical plain data: no titles, arms, sweep or compare."""
        return model_parts(self.study)


def resolved_tree(tree: Map, problems: list[Problem], warnings: list[Problem]) -> ResolvedStudy | None:
    """Return the study of a tree after all patches; None, with `problems`, where it is none."""
    beliefs = Beliefs(problems=problems)
    bare = beliefs.taken_off(tree, study_shape())
    assert isinstance(bare, Map)
    study, faults = validated(bare)
    problems += faults
    if study is None:
        return None
    warnings += warned(bare, study)
    return ResolvedStudy(study, tuple(beliefs.found), tree)
