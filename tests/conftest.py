"""What every session of tests needs before it starts."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import pytest

_COMPILED = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Give compiled modules a folder for this session where Python may keep none beside the sources and has none.

    Tests start hundreds of processes, and each would compile pandas, SciPy and numba again for seconds.
    """
    if sys.dont_write_bytecode and not Path(cache_from_source(pytest.__file__)).exists():
        folder = config.stash[_COMPILED] = sys.pycache_prefix = tempfile.mkdtemp(prefix="standfast-compiled-")
        sys.dont_write_bytecode = False
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look for garbage less often, and never among what was collected: it took a tenth of the time of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _COMPILED in config.stash:
        shutil.rmtree(config.stash[_COMPILED], ignore_errors=True)


@pytest.fixture(scope="session")
def exact_days_once() -> Iterator[None]:
    """Compute a day by the exact chain once for all tests of staffing: they ask about the same small halls."""
    from standfast.staffing import service

    found: dict[Any, Any] = {}
    compute = service.exact_day

    def exact_day(day: Any, thresholds_min: Any, **options: Any) -> Any:
        key = (repr(day), tuple(thresholds_min), tuple(options.items()))
        if key not in found:
            found[key] = compute(day, thresholds_min, **options)
        return found[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "exact_day", exact_day)
        yield
