"""What the schema is made of: parts, leaves that say what may stand there, and faults with their words.

Every leaf type carries a `Leaf` in its annotation: patches, beliefs and the JSON Schema learn there what may stand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError, core_schema

from scenarios.units import Dimension, QuantityError


class Part(BaseModel):
    """Base of every part of a study: frozen, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, hide_input_in_errors=True)


@dataclass(frozen=True)
class Fault:
    """One refused value: where it stands below the field (`at`), whether the key itself is wrong, and the words."""

    code: str
    message: str
    help: str = ""
    at: tuple[str, ...] = ()
    on_key: bool = False


@dataclass(frozen=True)
class Leaf:
    """What stands at a leaf of the schema.

    `kind`: `value` (one quantity of `dimension`), `steps` (a function of the time of day), `weekday_factors`,
    `day_factors` or `queue_shares` (maps of numbers), or another form (`spans`, `text`, `flag`, `choice` …).
    `size` is the unit of the attribute, in base units of `dimension`.
    """

    kind: str
    read: Callable[[Any], Any]
    dimension: Dimension | None = None
    choices: tuple[str, ...] = ()
    size: Fraction = Fraction(1)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        """Let pydantic read this leaf with `read` alone."""
        return core_schema.no_info_plain_validator_function(self._validate)

    def _validate(self, raw: Any) -> Any:
        try:
            return self.read(raw)
        except QuantityError as error:
            raise refusal([Fault(error.code, error.message, error.help)]) from None


@dataclass(frozen=True)
class Steps:
    """A function of the time of day that holds each value until the next time; 0 before the first.

    `at_us` are microseconds since midnight, increasing; `value` is as long: per hour for rates, counters for staffing.
    """

    at_us: tuple[int, ...]
    value: tuple[float | int, ...]

    def at(self, time_us: int) -> float | int:
        """Return the value that holds at a time of day."""
        index = bisect_right(self.at_us, time_us)
        return self.value[index - 1] if index else 0


@dataclass(frozen=True)
class Span:
    """A span of the day, from `open_us` up to but without `close_us`, in microseconds since midnight."""

    open_us: int
    close_us: int


def refusal(faults: Iterable[Fault]) -> PydanticCustomError:
    """Return the error that carries our own faults through pydantic."""
    listed = tuple(faults)
    text = "; ".join(fault.message for fault in listed).replace("{", "{{").replace("}", "}}")
    return PydanticCustomError("study", text, {"faults": listed})
