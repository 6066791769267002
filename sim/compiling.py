"""How functions are compiled by numba, and when the machine code that is kept on disk is too old.

It decides nothing. `cached` compiles a function of the halls; `twin(module)` is the compiled engine of the market: it
loads the source of a module of plain functions a second time and compiles them at their first call, so that the two
engines cannot drift apart. Only these two import numba.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from functools import lru_cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

_ROOMS = ("sim.rules.", "sim.market.")
"""Modules whose functions compiled functions call as their twins."""


@lru_cache
def _source(name: str) -> tuple[bytes, frozenset[str]]:
    """Source of a loaded module of ours, and the loaded modules of ours that it imports; neither of any other."""
    module = sys.modules.get(name)
    if module is None or not name.startswith("sim.") or module.__file__ is None:
        return b"", frozenset()
    source = Path(module.__file__).read_bytes()
    imported = set()
    for node in ast.parse(source).body:  # what functions import when they run, no compiled one calls
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    return source, frozenset(imported)


def sources_digest(name: str) -> str:
    """Digest of all sources that a module's machine code can come from: its own, and those of all that it imports.

    numba's own cache looks at one file only, and would serve old code after a change in a rule that the file calls.
    """
    found: dict[str, bytes] = {}
    left = {name, __name__}
    while left:
        one = left.pop()
        found[one], imported = _source(one)
        left |= imported - found.keys()
    digest = hashlib.blake2b(digest_size=6)
    for one in sorted(found):
        digest.update(found[one])
    return digest.hexdigest()


def cached(**options: Any) -> Any:
    """Decorator: compile a function at its first call; its machine code is kept on disk until a source of it changes.

    `options` are those of `numba.njit`, beside `cache` and `nogil`.
    """
    from numba import njit

    def compiled(function: FunctionType) -> Any:
        name = function.__qualname__
        function.__qualname__ = f"{name}_{sources_digest(function.__module__)}"  # numba names its cache file by it
        try:
            return njit(cache=True, nogil=True, **options)(function)
        finally:
            function.__qualname__ = name

    return compiled


def twin(module: ModuleType) -> ModuleType:
    """Return the compiled twin of a module: same names, functions translated, functions of other rooms their twins.

    Its name carries the digest of the sources, and so do its files in numba's cache.
    """
    digest = sources_digest(module.__name__)
    name = f"{module.__name__}_{digest}"
    if name in sys.modules:
        return sys.modules[name]
    from numba import njit

    path = module.__file__
    assert path is not None
    made = ModuleType(name, module.__doc__)
    made.__file__ = path
    sys.modules[name] = made  # numba's cache imports it by this name
    names = vars(made)
    exec(compile(Path(path).read_bytes(), path, "exec", dont_inherit=True), names)
    for key, value in list(names.items()):
        if isinstance(value, ModuleType) and value.__name__.startswith(_ROOMS):
            names[key] = twin(value)
        elif isinstance(value, FunctionType) and value.__module__ == name:
            value.__qualname__ += f"_{digest}"  # numba names a function's cache file by it
            names[key] = njit(cache=True, nogil=True)(value)
        elif isinstance(value, FunctionType) and value.__module__.startswith(_ROOMS):
            names[key] = getattr(twin(sys.modules[value.__module__]), value.__name__)
    return made
