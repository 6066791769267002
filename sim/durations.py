"""Durations of many entities at once: each by the law of its kind, from its own draw.

They are those of `sim.variates`, to the bit, whichever way they are found.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenarios import schema
from sim.draws import Draws, Purpose
from sim.variates import durations_us, is_small, lognormal_terms

Int64s = NDArray[np.int64]
Int16s = NDArray[np.int16]

FIRST = np.zeros(1, dtype=np.int16)
"""Kinds of entities that all have the first law."""


def drawn_us(
    laws: Sequence[schema.Distribution], kind: Int16s, draws: Draws, entities: Int64s, purpose: Purpose, index: Int64s
) -> Int64s:
    """Duration of each entity in whole microseconds; `kind` is the place of its law in `laws`."""
    if not is_small(entities.size):
        found = _compiled(laws, kind, draws, entities, purpose, index)
        if found is not None:
            return found
    u, v = draws.uniforms(entities, purpose, index)
    if len(laws) == 1:
        return durations_us(laws[0], u, v)
    found = np.zeros(entities.size, dtype=np.int64)
    for code, law in enumerate(laws):
        mine = kind == code
        found[mine] = durations_us(law, u[mine], v[mine])
    return found


def _compiled(
    laws: Sequence[schema.Distribution], kind: Int16s, draws: Draws, entities: Int64s, purpose: Purpose, index: Int64s
) -> Int64s | None:
    """The same from one compiled loop, where all laws are exponential, or all lognormal; else None."""
    from sim import compiled_durations

    kind = FIRST if len(laws) == 1 else np.ascontiguousarray(kind)
    keys = (np.uint64(purpose), np.uint64(draws.seed), np.uint64(draws.replication))
    who, which = entities.view(np.uint64), index.view(np.uint64)
    found, unsure = np.empty(entities.size, dtype=np.int64), np.empty(entities.size, dtype=np.int64)
    if all(isinstance(law, schema.Exponential) for law in laws):
        means_us = np.array([law.average_us for law in laws], dtype=np.float64)
        doubts = compiled_durations.exponentials(who, keys[0], which, *keys[1:], kind, means_us, found, unsure)
    elif all(isinstance(law, schema.Lognormal) for law in laws):
        mus, sigmas = np.array([lognormal_terms(law) for law in laws if isinstance(law, schema.Lognormal)]).T.copy()
        doubts = compiled_durations.lognormals(who, keys[0], which, *keys[1:], kind, mus, sigmas, found, unsure)
    else:
        return None
    rows = unsure[:doubts]
    u, v = draws.uniforms(entities[rows], purpose, index[rows])
    for code, law in enumerate(laws):
        mine = np.flatnonzero(kind[rows] == code) if len(laws) > 1 else slice(None)
        found[rows[mine]] = durations_us(law, u[mine], v[mine])
    return found
