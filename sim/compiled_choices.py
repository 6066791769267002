"""Two choices of many entities in one pass, from the two uniforms of one draw, compiled with numba.

They are those of `sim.variates.choices`, to the bit: a test holds both equal. Importing this module imports numba; the
machine code is cached on disk.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled_draws import block, uniform_of
from sim.compiling import cached

_CHUNK = 512


def _two_choices(  # type: ignore[no-untyped-def]
    who, purpose, index, seed, replication, first_bounds, second_bounds, first, second
):
    u, v = np.empty(_CHUNK), np.empty(_CHUNK)
    for start in range(0, who.size, _CHUNK):
        size = min(_CHUNK, who.size - start)
        entities, indices = who[start : start + size], index[start : start + size]
        for n in range(size):
            c0, c1, c2, c3 = block(entities[n], purpose, indices[n], seed, replication)
            u[n], v[n] = uniform_of(c0, c1), uniform_of(c2, c3)
        firsts, seconds = first[start : start + size], second[start : start + size]
        firsts[:], seconds[:] = 0, 0
        for bound in first_bounds:
            for n in range(size):
                firsts[n] += np.int16(u[n] >= bound)
        for bound in second_bounds:
            for n in range(size):
                seconds[n] += np.int16(v[n] >= bound)


two_choices: Any = cached()(_two_choices)
"""two_choices(who, purpose, index, seed, replication, first_bounds, second_bounds, first, second): fill the last two.

`who` and `index` are uint64 vectors; bounds are those of `sim.variates.bounds_of`.
"""
