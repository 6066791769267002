"""Small study texts for the tests of `scenarios`: one hall with everything, and ways to change a line."""

from __future__ import annotations

from pathlib import Path

import pytest

import scenarios

HALL = """\
schema_version: 1
name: one
title: 一个营业厅
seed: 7
start: 2010-07-01
horizon: 2 months
halls:
  gaosheng:
    title: 高升营业厅
    class: A
    hours: "09:00-18:00"
    closing: serve_all_inside
    busy: {hours: ["10:00-12:00"], day_of_month: ["1-3", "26-31"]}
    arrivals:
      rate: {"09:00": 28/h, "09:30": 52/h, "10:00": 78/h}
      weekday: {mon: 1.1, sat: 0.5}
      day_of_month: {"1-3": 1.3, "26-31": 1.25}
      holiday: 0.6
      day_to_day_cv: {best: 0.15, low: 0.1, high: 0.3, source: assumed, note: not measured}
    customers:
      gotone: {share: 25 %, target: {busy: 10 min, idle: 5 min}, patience: {dist: exponential, mean: 25 min}}
      others: {share: 75 %, priority: 2, patience: {dist: exponential, mean: 20 min}}
    transactions:
      payment: {share: 45 %, service: {dist: lognormal, mean: 3 min, cv: 0.6}, kiosk: true}
      sim_replacement: {share: 55 %, service: {dist: lognormal, mean: 9 min, cv: 0.5}, redesigned: {saves: 5 min}}
    counters:
      staffing: {"09:00": 3, "10:00": 6}
      lanes: {fast: {serves: [payment], staffing: {"10:00": 1}, when: {day_of_month: ["1-3"]}}}
    kiosks: {count: 3, share: 30 %, service: {dist: gamma, mean: 2 min, cv: 0.5}, breakdown: {every: 20 h, lasts: 2 h}}
    advisers: {count: 1, pre_check: {transactions: [payment], takes: {dist: exponential, mean: 2 min}, saves: 1 min}}
    balking: {queue: {10: 20 %, 20: 60 %}}
"""


def changed(*changes: tuple[str, str], text: str = HALL) -> str:
    """Return a study text with some pieces replaced, each of which must be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def with_arms(patches: str, text: str = HALL) -> str:
    """Return a study text with one arm, `a`, of these patches (one line of flow YAML each)."""
    body = "".join(f"    {line}\n" for line in patches.strip().splitlines())
    return f"{text}arms:\n  a:\n{body}"


def hall(text: str, arm: str = "baseline", sets: tuple[str, ...] = ()) -> scenarios.Hall:
    """Return the one hall of a study text as an arm sees it."""
    loaded = scenarios.loads(text, sets)
    return loaded.resolve(arm if arm in loaded.arms else loaded.arms[0]).study.halls["gaosheng"]


def problems(text: str, sets: tuple[str, ...] = ()) -> tuple[scenarios.Problem, ...]:
    """Return the problems of a study text that must not load."""
    with pytest.raises(scenarios.StudyErrors) as refused:
        scenarios.loads(text, sets)
    return refused.value.problems


def place(text: str, piece: str) -> tuple[int, int]:
    """Return line and column, from 1, of a piece that stands once in a text."""
    assert text.count(piece) == 1, piece
    before = text[: text.index(piece)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def write(folder: Path, **files: str) -> Path:
    """Write `NAME.yaml` for each keyword; return the path of the last."""
    path = folder
    for name, text in files.items():
        path = folder / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
    return path
