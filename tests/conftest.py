"""What every session of tests needs before it starts."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile

import pytest

_COMPILED = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Give compiled modules a folder for this session where Python may keep none beside the sources.

    Tests start hundreds of processes, and each would compile pandas, SciPy and numba again for seconds.
    """
    if sys.dont_write_bytecode:
        folder = config.stash[_COMPILED] = sys.pycache_prefix = tempfile.mkdtemp(prefix="standfast-compiled-")
        sys.dont_write_bytecode = False
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _COMPILED in config.stash:
        shutil.rmtree(config.stash[_COMPILED], ignore_errors=True)
