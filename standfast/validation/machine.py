"""The machine: versions, platform, cores, memory, fonts. Nothing here can miss: it says what was measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from standfast.validation.rows import Row

PART = "this machine"

PACKAGES = (
    "standfast",
    "simpy",
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "numba",
    "pydantic",
    "matplotlib",
    "chinesecalendar",
)

CHINESE = "营业厅等候时间"
"""Characters that every Chinese figure needs."""


def machine_rows() -> list[Row]:
    """What a bug report should hold."""
    from sim import ENGINE_VERSION
    from standfast.experiments.pool import cores

    python = f"{platform.python_implementation()} {platform.python_version()}"
    told = {
        "platform": platform.platform(),
        "processor": platform.machine(),
        "python": python,
        "cores": f"{cores()} of {os.cpu_count()}",
        "memory": memory(),
        "fonts": fonts(),
        "engine version": ENGINE_VERSION,
    }
    for package in PACKAGES:
        try:
            told[package] = version(package)
        except PackageNotFoundError:
            told[package] = "not installed"
    return [Row(PART, name, "", None, value, None, "told") for name, value in told.items()]


def memory() -> str:
    """Memory of the machine in GiB, `unknown` where the system doesn't tell."""
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB"
    except (AttributeError, ValueError, OSError):
        return "unknown"


def fonts() -> str:
    """Fonts of the figures, and whether Chinese labels can be drawn with them."""
    from outputs.typeface import families, missing_characters

    names = ", ".join(families())
    if missing_characters([CHINESE]):
        return f"{names}; none for Chinese labels: in PNG figures they are empty boxes. Install Noto Sans CJK, say"
    return f"{names}; Chinese labels can be drawn"
