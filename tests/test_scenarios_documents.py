"""What ships beside the loader: the contract's example, the library, the template, the manual, the JSON Schema."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML
from study_texts import HALL, changed

import scenarios
from scenarios.units import QuantityError

ROOT = Path(__file__).parents[1]
DESIGN = ROOT.parent / "shared" / "DESIGN.md"
LIBRARY = sorted(scenarios.library_folder().rglob("*.yaml"))
MANUAL = (ROOT / "docs" / "study-file.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", MANUAL, re.S)


def contract_example() -> str:
    """The hall of DESIGN.md section 4, with the transaction that its advisers name, so that shares sum to one."""
    if not DESIGN.exists():
        pytest.skip("the design document is not beside this checkout")
    text = DESIGN.read_text(encoding="utf-8")
    hall = text[text.index("halls:\n  gaosheng:") :].split("```")[0]
    more = "      ownership_transfer: {share: 47 %, service: {dist: gamma, mean: 6 min, cv: 0.7}}\n    counters:\n"
    head = "name: winter-retention\nseed: 20261101\nstart: 2010-07-01\nhorizon: 24 months\nown: mobile\n"
    tail = """\
arms:
  baseline: {}
  more-counters: {halls.gaosheng.counters.staffing: {"11:30-13:30": "+2"}}
compare:
  baseline: baseline
  metrics:
    on_target@hall/gaosheng: {goal: max}
    wait_mean: {goal: min, indifference: 0.5 min}
  confidence: 95 %
  replications: {initial: 10, max: 160, half_width: {wait_mean: 0.2 min}}
"""
    return head + hall.replace("    counters:\n", more, 1) + tail


def as_json(text: str) -> Any:
    """A YAML text as the JSON that an editor checks; keys become texts, as in JSON."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))


def test_the_contracts_example_loads_with_arms_and_compare() -> None:
    loaded = scenarios.loads(contract_example())
    assert loaded.arms == ("baseline", "more-counters")
    hall = loaded.resolve("more-counters").study.halls["gaosheng"]
    assert hall.counters.staffing.value == (3, 6, 8, 6)
    assert hall.class_ == "A"
    assert hall.busy is not None
    assert hall.busy.day_of_month == frozenset({1, 2, 3, *range(26, 32)})
    assert hall.balking is not None
    assert hall.balking.queue == {10: 0.2, 20: 0.6}
    assert hall.kiosks is not None
    assert hall.kiosks.breakdown is not None
    assert hall.kiosks.breakdown.every_us == 20 * 3_600_000_000
    assert loaded.resolve("baseline").study.days == 731
    first, second = loaded.compare.metrics
    assert (first.kpi, first.scope, first.period, first.unit, first.indifference) == (
        "on_target",
        "hall/gaosheng",
        "all",
        "1",
        None,
    )
    assert (second.scope, second.unit, second.indifference) == ("operator/mobile", "min", 0.5)
    assert (loaded.compare.initial, loaded.compare.maximum, dict(loaded.compare.half_width)) == (
        10,
        160,
        {"wait_mean": 0.2},
    )


def test_left_out_parts_take_the_contracts_defaults() -> None:
    keep = HALL[: HALL.index("    customers:")] + HALL[HALL.index("    transactions:") : HALL.index("    counters:")]
    hall = scenarios.loads(keep).resolve("baseline").study.halls["gaosheng"]
    assert list(hall.customers) == ["all"]
    assert (hall.customers["all"].share, hall.customers["all"].patience, hall.customers["all"].target) == (
        1.0,
        None,
        None,
    )
    assert (hall.kiosks, hall.advisers, hall.balking, hall.days) == (None, None, None, {})
    assert hall.counters.staffing.value == (0,)
    assert hall.offered_wait_thresholds_us == (0, 300_000_000, 600_000_000, 900_000_000)
    target = scenarios.loads(HALL).resolve("baseline").study.halls["gaosheng"].customers["gotone"].target
    assert target is not None
    assert (target.share, target.per, target.over) == (0.95, "half_hour", "all")


def test_without_compare_the_four_plain_metrics_are_compared_with_the_baseline() -> None:
    loaded = scenarios.loads(HALL + "arms: {a: {}, baseline: {}}\n")
    assert loaded.compare.baseline == "baseline"
    assert [metric.key for metric in loaded.compare.metrics] == [
        "wait_mean",
        "wait_over_target",
        "abandoned",
        "counter_hours",
    ]
    assert [metric.goal for metric in loaded.compare.metrics] == ["min"] * 4
    assert scenarios.loads(HALL + "arms: {a: {}, b: {}}\n").compare.baseline == "a"


def test_indifference_comes_in_the_kpis_unit() -> None:
    sizes = {"wait_mean": "90 s", "on_target": "2 %", "counter_hours": "30 min", "served": "2 thousand"}
    metrics = ", ".join(f"{kpi}: {{indifference: {size}}}" for kpi, size in sizes.items())
    compare = scenarios.loads(f"{HALL}compare: {{metrics: {{{metrics}}}}}\n").compare
    assert [metric.indifference for metric in compare.metrics] == [1.5, 0.02, 0.5, 2000.0]


@pytest.mark.parametrize("name", scenarios.library_names())
def test_every_study_of_the_library_loads_without_a_warning(name: str) -> None:
    loaded = scenarios.load(name)
    assert loaded.warnings == ()
    assert loaded.name == name
    for arm in loaded.arms:
        again = scenarios.loads(loaded.resolved_yaml(arm)).resolve("baseline")
        assert again.model_parts == loaded.resolve(arm).model_parts


def test_files_of_the_library_are_named_alike_on_every_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = {row.file for row in scenarios.load("chengdu-halls").explain("baseline") if row.file}
    assert files >= {"scenarios/library/chengdu-halls.yaml", "scenarios/library/base/mobile-hall-2010.yaml"}
    assert all(file.startswith("scenarios/library/") for file in files)


@pytest.mark.parametrize("name", ["my-study", "我的研究", "a b.c"])
def test_the_template_is_a_study_of_two_arms_that_loads_cleanly(name: str) -> None:
    loaded = scenarios.loads(scenarios.template(name))
    assert loaded.name == name
    assert loaded.warnings == ()
    assert loaded.arms == ("baseline", "noon-counter")
    base, more = (loaded.resolve(arm).study.halls["main-street"].counters.staffing for arm in loaded.arms)
    noon_us = 12 * 3_600_000_000
    assert more.at(noon_us) == base.at(noon_us) + 1


def test_the_template_takes_no_unsafe_name() -> None:
    with pytest.raises(QuantityError):
        scenarios.template("../x")


@pytest.mark.parametrize("text", EXAMPLES, ids=[re.search(r"name: (.*)", text)[1] for text in EXAMPLES])  # type: ignore[index]
def test_every_example_of_the_manual_loads(text: str, tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    assert scenarios.load(path).arms


def test_the_manuals_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", MANUAL, re.S)
    exec(compile(code, "study-file.md", "exec"), {})
    assert "baseline 31" in capsys.readouterr().out


def test_the_committed_json_schema_is_the_one_that_is_printed() -> None:
    committed = json.loads((ROOT / "scenarios" / "study.schema.json").read_text(encoding="utf-8"))
    assert committed == scenarios.study_schema(), "run `standfast schema > scenarios/study.schema.json`"
    jsonschema.Draft7Validator.check_schema(committed)


@pytest.mark.parametrize(
    "text",
    [*(path.read_text(encoding="utf-8") for path in LIBRARY), *EXAMPLES, scenarios.template("x"), HALL],
    ids=[*(path.stem for path in LIBRARY), *(f"manual {n}" for n in range(len(EXAMPLES))), "template", "hall"],
)
def test_good_studies_pass_the_json_schema(text: str) -> None:
    errors = list(jsonschema.Draft7Validator(scenarios.study_schema()).iter_errors(as_json(text)))
    assert errors == []


def test_the_contracts_example_passes_the_json_schema() -> None:
    assert list(jsonschema.Draft7Validator(scenarios.study_schema()).iter_errors(as_json(contract_example()))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    counters:\n", "    countrs:\n"),
        ("28/h", "28"),
        ("28/h", "28 min"),
        ("25 %", "0.25"),
        ("mean: 9 min", "mean: 9 CNY"),
        ("    class: A", "    class: D"),
        ("dist: exponential, mean: 25 min", "dist: exponental, mean: 25 min"),
        ("source: assumed", "source: guess"),
        ("horizon: 2 months", "horizon: 2"),
        ("seed: 7", "arm: {}"),
    ],
)
def test_the_json_schema_shows_plain_mistakes_while_one_writes(old: str, new: str) -> None:
    assert list(jsonschema.Draft7Validator(scenarios.study_schema()).iter_errors(as_json(changed((old, new)))))


def test_importing_scenarios_alone_is_light() -> None:
    import subprocess
    import sys

    code = "import sys, scenarios; print(sorted({'pydantic', 'ruamel.yaml', 'numpy', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
