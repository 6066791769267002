"""The examples of docs/halls.md are studies: each loads in every arm and runs, and measures what it compares."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import scenarios
import sim

PAGE = (Path(__file__).parents[1] / "docs" / "halls.md").read_text(encoding="utf-8")
EXAMPLES = {re.findall(r"name: ([\w-]+)", text)[0]: text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.S)}


def test_every_section_on_troubles_and_remedies_has_an_example() -> None:
    assert list(EXAMPLES) == ["who-comes", "troubles", "treatment", "complaints"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_in_every_arm(name: str) -> None:
    loaded = scenarios.loads(EXAMPLES[name], ["horizon=3 days"])
    assert len(loaded.arms) > 1
    for arm in loaded.arms:
        found = sim.simulate(loaded.resolve(arm).study, 0, engine="compiled")
        measured = set(zip(found["kpi"], found["scope"], found["period"], strict=True))
        for metric in loaded.compare.metrics:
            assert (metric.kpi, metric.scope, metric.period) in measured or metric.kpi == "on_target", metric.key
