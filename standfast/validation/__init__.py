"""The validation pack: truth beside measurement, on the machine at hand."""

from standfast.validation.pack import validate
from standfast.validation.rows import Row, Verdict

__all__ = ["Row", "Verdict", "validate"]
