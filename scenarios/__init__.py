"""What a study says: schema with units, loader, sweep, and the library of ready studies.

Everything public is imported on first use, so that `import scenarios` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios.schema import Hall, Span, Steps, Study

_PLACES = {
    "Study": "scenarios.schema",
    "Hall": "scenarios.schema",
    "Steps": "scenarios.schema",
    "Span": "scenarios.schema",
}

__all__ = ["Hall", "Span", "Steps", "Study"]


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(importlib.import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'scenarios' has no attribute {name!r}")
