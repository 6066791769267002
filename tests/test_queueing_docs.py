"""The examples of docs/queueing.md and of the docstrings in sim/queueing run and print what is written."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import sim.queueing

MODULES = sorted(module.name for module in pkgutil.iter_modules(sim.queueing.__path__))


def test_the_examples_of_the_manual_run() -> None:
    page = Path(__file__).parents[1] / "docs" / "queueing.md"
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert tried >= 15
    assert failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_the_docstrings_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"sim.queueing.{name}")).failed == 0
