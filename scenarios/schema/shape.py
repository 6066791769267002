"""The outline of a study file: which keys may stand where, and what kind of value is at each leaf.

Derived once from the models, so patches, beliefs, suggestions and the JSON Schema cannot disagree with them.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scenarios import units
from scenarios.schema.distributions import LAWS, Exponential
from scenarios.schema.fields import choice, whole
from scenarios.schema.hall import DAYS_WITH_HOURS
from scenarios.schema.parts import Leaf
from scenarios.schema.study import Study
from scenarios.source import Map, Node

EVERY = "*"
"""Instead of a name: every name that stands there."""


@dataclass(frozen=True, eq=False)
class Record:
    """A map with fixed keys: `required` ones, `defaults` of the others, and `meaning` in one line."""

    fields: Mapping[str, Shape]
    required: frozenset[str]
    meaning: str = ""
    defaults: Mapping[str, Any] | None = None
    name: str = ""


@dataclass(frozen=True, eq=False)
class Names:
    """A map from names of the user's choice (or from `keys`, where given) to parts of one shape."""

    inner: Shape
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Law:
    """A distribution: `dist` says which record stands there."""

    records: Mapping[str, Record]

    @property
    def fields(self) -> Mapping[str, Shape]:
        """Every key that some law has."""
        merged: dict[str, Shape] = {}
        for record in self.records.values():
            merged.update(record.fields)
        merged["dist"] = choice(*self.records)
        return merged


@dataclass(frozen=True, eq=False)
class Either:
    """One value, or a map that describes how values differ: `leaf` or `record`, as the form says."""

    leaf: Leaf
    record: Record


Shape: TypeAlias = Record | Names | Law | Either | Leaf

OPAQUE = Leaf("patch", lambda raw: raw)
"""A value that is taken as it stands: the right side of a patch, a list under `sweep`."""


def _shape(annotation: Any, metadata: tuple[Any, ...] = ()) -> Shape:
    for extra in metadata:
        if isinstance(extra, Leaf):
            return extra
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is typing.Annotated:
        return _shape(args[0], tuple(args[1:]))
    if origin is dict:
        return Names(_shape(args[1]))
    if origin in (typing.Union, types.UnionType):
        parts = [part for part in args if part is not type(None)]
        if Exponential in parts:
            return Law({law: _record(model) for law, model in LAWS.items()})
        shapes = [_shape(part) for part in parts]
        if len(shapes) == 2 and isinstance(shapes[0], Leaf) and isinstance(shapes[1], Record):
            return Either(shapes[0], shapes[1])
        return shapes[0]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _record(annotation)
    if origin is typing.Literal:
        return choice(*args)
    raise TypeError(f"no shape for {annotation!r}")


def _default(field: FieldInfo) -> Any:
    return None if field.is_required() else field.get_default(call_default_factory=True)


def _record(model: type[BaseModel]) -> Record:
    fields = {
        info.alias or name: _shape(info.annotation, tuple(info.metadata)) for name, info in model.model_fields.items()
    }
    if "days" in fields and isinstance(fields["days"], Names):
        fields["days"] = Names(fields["days"].inner, DAYS_WITH_HOURS)
    required = frozenset(info.alias or name for name, info in model.model_fields.items() if info.is_required())
    defaults = {
        info.alias or name: _default(info) for name, info in model.model_fields.items() if not info.is_required()
    }
    meaning = " ".join((model.__doc__ or "").split("\n\n")[0].split())
    return Record(fields, required, meaning, defaults, model.__name__)


@cache
def study_shape() -> Record:
    """Return the outline of what one run sees."""
    return _record(Study)


@cache
def file_shape() -> Record:
    """Return the outline of a whole study file, with the parts that the loader takes off."""
    fields = dict(study_shape().fields)
    text = fields["title"]
    metric = Record({"goal": choice("min", "max"), "indifference": OPAQUE}, frozenset(), "One result to compare.")
    replications = Record(
        {"initial": whole(2, MOST_REPLICATIONS), "max": whole(2, MOST_REPLICATIONS), "half_width": Names(OPAQUE)},
        frozenset(),
        "How many replications, and how sure they should make us.",
    )
    select = Record(
        {"metric": text, "procedure": choice(*SELECTION_PROCEDURES)},
        frozenset({"metric"}),
        "Run on until one arm is selected as the best.",
        {"procedure": SELECTION_PROCEDURES[0]},
    )
    check = Record(
        {"title": text, "arm": text, "holds": OPAQUE, "note": text},
        frozenset({"holds"}),
        "What results should look like if the study is right, asked of every draw of the beliefs.",
    )
    compare = Record(
        {
            "baseline": text,
            "metrics": Names(metric),
            "confidence": Leaf("value", units.parse_share, units.SHARE),
            "replications": replications,
            "select": select,
            "checks": Names(check),
        },
        frozenset(),
        "What is compared, and when it is settled.",
    )
    fields.update(
        {
            "extends": Leaf("files", lambda raw: raw),
            "parameters": Leaf("files", lambda raw: raw),
            "arms": Names(Names(OPAQUE)),
            "sweep": _sweep(text),
            "compare": compare,
            "fit": OPAQUE,
        }
    )
    return Record(fields, frozenset({"name", "horizon"}), "A Standfast study.", study_shape().defaults)


def _sweep(text: Shape) -> Record:
    sample = Record(
        {
            "n": whole(2, MOST_DRAWS),
            "method": choice(*SAMPLE_METHODS),
            "paths": Leaf("names", lambda raw: raw),
            "seed": whole(0, HIGHEST_SEED),
        },
        frozenset({"n"}),
        "Draws of the beliefs within their ranges.",
        {"method": SAMPLE_METHODS[0]},
    )
    fields: dict[str, Shape] = {"grid": Names(OPAQUE), "zip": Names(OPAQUE), "sample": sample, "where": text}
    return Record(
        {**fields, "max_runs": whole(1, MOST_RUNS)}, frozenset(), "What we do not choose.", {"max_runs": MAX_RUNS}
    )


MOST_REPLICATIONS = 100_000
MOST_DRAWS = 8_192
"""Most draws of the beliefs in one study."""
SAMPLE_METHODS = ("lhs", "sobol")
HIGHEST_SEED = 2**32 - 1
MAX_RUNS = 100_000
"""Most runs of the first look that a sweep may ask for, unless the study says another number."""
MOST_RUNS = 10**9

SELECTION_PROCEDURES = ("kn", "two_stage")
"""How one arm may be selected: Kim & Nelson's sequential procedure, or Matejcik & Nelson's in two stages."""


def settled(shape: Shape | None, node: Node | None) -> Shape | None:
    """Return the shape of what stands at a node: of a value or a map, the one that it is."""
    if not isinstance(shape, Either):
        return shape
    return shape.record if isinstance(node, Map) and "best" not in node.entries else shape.leaf


def child(shape: Shape | None, key: str) -> Shape | None:
    """Return what stands below a key, or None where the outline knows no such key."""
    if isinstance(shape, Either):
        return shape.record.fields.get(key)
    if isinstance(shape, Names):
        return shape.inner
    if isinstance(shape, Record | Law):
        return shape.fields.get(key)
    if isinstance(shape, Leaf) and shape.kind in ("steps", "weekday_factors", "day_factors", "queue_shares"):
        return Leaf("cell", shape.read, shape.dimension)
    return None


def is_factor_map(shape: Shape | None) -> bool:
    """True for a map of numbers that merges key by key: factors of the calendar, balking shares."""
    return isinstance(shape, Leaf) and shape.kind in ("weekday_factors", "day_factors", "queue_shares")
