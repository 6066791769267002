"""Columns of customers: one value for all of them takes no memory."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


def alike(value: Scalar, customers: int) -> NDArray[Scalar]:
    """A column that holds one value for all customers. It cannot be written to."""
    return np.broadcast_to(np.asarray(value), customers)


def is_alike(column: NDArray[Any]) -> bool:
    """Whether a column holds one value for all customers, made by `alike`."""
    return column.strides == (0,)


def values_of(column: NDArray[Scalar]) -> NDArray[Scalar]:
    """Every value that a column holds at least once: a single row, where it holds one for all customers."""
    return column[:1] if is_alike(column) else column


def stored(column: NDArray[Any]) -> NDArray[Any]:
    """The column as compiled code takes it: each row in memory of its own, one after the other."""
    return column if column.flags.c_contiguous and column.flags.writeable else column.copy()
