"""The compiled engine of the market: the same source of a module of plain functions, translated by numba.

It decides nothing: `twin(module)` loads a module's source a second time and compiles its functions at their first call.
So the two engines cannot drift apart. Only this function imports numba; the machine code is cached on disk.
"""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from pathlib import Path
from types import FunctionType, ModuleType

_ROOMS = ("sim.rules.", "sim.market.")
"""Modules whose functions compiled functions call as their twins."""


@lru_cache
def sources_digest() -> str:
    """Digest of all sources that machine code can come from: the rooms of the market, and what stands beside this file.

    numba's own cache looks at one file only, and would serve old code after a change in a rule that the file calls.
    """
    house = Path(__file__).parent
    digest = hashlib.blake2b(digest_size=6)
    for folder in (house, house / "rules", house / "market"):
        for path in sorted(folder.glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def twin(module: ModuleType) -> ModuleType:
    """Return the compiled twin of a module: same names, functions translated, functions of other rooms their twins.

    Its name carries the digest of the sources, and so do its files in numba's cache.
    """
    name = f"{module.__name__}_{sources_digest()}"
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
            value.__qualname__ += f"_{sources_digest()}"  # numba names a function's cache file by it
            names[key] = njit(cache=True, nogil=True)(value)
        elif isinstance(value, FunctionType) and value.__module__.startswith(_ROOMS):
            names[key] = getattr(twin(sys.modules[value.__module__]), value.__name__)
    return made
