"""What a remedy saves, over large arrays, compiled with numba. A test holds it equal to the rule.

Importing this module imports numba; the machine code is cached on disk.
"""

from __future__ import annotations

from typing import Any

from sim.compiling import cached
from sim.rules.queueing import saved

_jit = cached()
_saved: Any = _jit(saved)


def _every_saved(service_us, mean_us, saves_us, found):  # type: ignore[no-untyped-def]
    for n in range(service_us.size):
        found[n] = _saved(service_us[n], mean_us, saves_us)


every_saved: Any = _jit(_every_saved)
"""every_saved(service_us, mean_us, saves_us, found): fill `found`."""
