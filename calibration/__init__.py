"""Data in, parameter files out: fits of arrivals, service, patience and staff to ticket and call logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from calibration.errors import CalibrationError

if TYPE_CHECKING:
    from calibration.fit import Estimate, Fit
    from calibration.kinds import KINDS, calibrate
    from calibration.layers import shipped_mappings
    from calibration.mapping import load_mapping
    from calibration.waits import observed

__all__ = [
    "KINDS", "CalibrationError", "Estimate", "Fit", "calibrate", "load_mapping", "observed", "shipped_mappings",
]  # fmt: skip

_HOMES = {
    "KINDS": "kinds", "calibrate": "kinds", "Estimate": "fit", "Fit": "fit", "load_mapping": "mapping",
    "shipped_mappings": "layers", "observed": "waits",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: start-up pays for nothing that is not used."""
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(f"calibration.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'calibration' has no attribute {name!r}")
