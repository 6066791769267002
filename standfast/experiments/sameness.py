"""What decides the bits of a run on a machine: versions, platform, and its arithmetic tried out.

Two machines that agree in all of it give the same results; a cluster in which they don't would give a table that
depends on who ran what.
"""

from __future__ import annotations

import hashlib
import math
import platform
import struct
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

DECIDING = ("standfast", "numpy", "scipy", "numba", "llvmlite", "pandas", "simpy", "chinesecalendar")
"""Packages whose version may change a result."""


@cache
def deciding_versions() -> dict[str, str]:
    """Versions, platform and a hash of this machine's arithmetic, by name."""
    import sim

    found = {"python": platform.python_version(), "engine": sim.ENGINE_VERSION}
    for package in DECIDING:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "none"
    libc = " ".join(platform.libc_ver()).strip()
    place = (platform.system(), platform.machine(), libc, f"{sys.byteorder}-endian")
    return found | {"platform": " ".join(each for each in place if each), "arithmetic": _arithmetic()}


def differences(theirs: Mapping[str, str], ours: Mapping[str, str]) -> tuple[str, ...]:
    """What is not the same, in words: `numpy 2.1.0, here 2.4.6`."""
    names = [name for name in {**ours, **theirs} if theirs.get(name) != ours.get(name)]
    return tuple(f"{name} {theirs.get(name, 'none')}, here {ours.get(name, 'none')}" for name in names)


def _arithmetic() -> str:
    """Hash of elementary functions and sums at fixed places: libraries pick their code by processor, not by version."""
    import numpy as np

    at = [math.ldexp(1 + number / 997, number % 12 - 6) for number in range(997)]
    functions = (math.exp, math.log, math.log1p, math.expm1, math.sqrt, math.sin, math.erf, math.lgamma)
    found = [function(x) for function in functions for x in at] + [x**0.37 for x in at]
    sums = (np.sum(np.array(found[:size])) for size in (7, 100, 997))
    found += [float(each) for each in sums]
    return hashlib.sha256(struct.pack(f"<{len(found)}d", *found)).hexdigest()[:16]
