"""`standfast calibrate`: from ticket and call logs to a parameter file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from standfast.commands.exits import DONE, print_json, say


def calibrate_kind(
    kind: str, data: Sequence[Path], mapping: str, hall: str, out: Path, as_json: bool, options: dict[str, Any]
) -> int:
    """Fit one kind and print what was found; `options` are those of `calibration.calibrate` that were given."""
    from calibration import calibrate

    fit = calibrate(kind, data, mapping=mapping, hall=hall, out=out, **options)
    if as_json:
        print_json(fit.to_dict())
    else:
        print("\n".join(fit.lines()))
        say(f"next: name {fit.out} under `parameters:` in a study")
    return DONE
