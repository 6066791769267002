"""The break-evens that a sensitivity left beside a study's results, where they belong to the very models compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outputs.turning import Turning
    from standfast.experiments.plan import Variant

FILE = "sensitivity.json"
"""What `outputs.sensitivity_report` writes."""


def saved_turnings(folder: Path, baseline: str, variants: Mapping[tuple[str, str], Variant]) -> tuple[Turning, ...]:
    """The break-evens in a study's folder; none where there is no file, or where a model is not what it was then."""
    from outputs.turning import turnings_in

    try:
        saved = json.loads((folder / FILE).read_bytes())
        sides = [(saved["baseline"], saved["point"]), (saved["arm"], saved["point"])]
        same = saved["baseline"] == baseline and saved["models"] == [variants[side].model for side in sides]
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return turnings_in(saved) if same else ()
