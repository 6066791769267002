"""A market that lives as it is told: fates and diaries of a few people, as `sim.fates` and `sim.diary` give them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pandas as pd

START = datetime.date(2010, 7, 1)
PLANS = {"gotone-88": "mobile", "telecom-59": "telecom", "unicom-66": "unicom"}
OPERATORS = ("mobile", "telecom", "unicom")

Happening = tuple[int, str, str, str | int]
"""Day, event, what `a` names, and `b`: a plan's name, minutes, or a campaign's number."""

Lives = Mapping[int, Sequence[Happening]]


def study(lives: Lives, starts: Mapping[int, str] | None = None, people: int = 100, **changes: Any) -> Any:
    """A study in which those lives happen to `people` subscribers; who has none of them just stays."""

    def titled(**titles: str) -> dict[str, Any]:
        return {name: SimpleNamespace(title=title) for name, title in titles.items()}

    parts = {
        "own": "mobile",
        "start": START,
        "population": SimpleNamespace(weight=9.5),
        "has_market": True,
        "plans": {name: SimpleNamespace(title="", operator=operator) for name, operator in PLANS.items()},
        "operators": titled(mobile="中国移动", telecom="中国电信", unicom="中国联通"),
        "competitors": {"unicom": SimpleNamespace(campaigns={"spring": None})},
        "tactics": titled(call="外呼", desk="[bold]挽留席[/bold]"),
        "halls": titled(shawan="沙湾"),
        "segments": titled(vip="中高端", young=""),
        "lives": lives,
        "starts": starts or {},
        "people": people,
    }
    return SimpleNamespace(**(parts | changes))


@dataclass
class FakeSim:
    """Tells fates and diaries of fake studies, and remembers of whom it was asked to record what."""

    recorded: list[list[int]] = field(default_factory=list)

    def fates(self, study: Any, replication: int, *, engine: str = "auto") -> pd.DataFrame:
        rows = []
        for id in range(study.people):
            life = study.lives.get(id, ())
            operator = start = study.starts.get(id, "mobile")
            for _, event, what, b in life:
                operator = PLANS[str(b)] if event == "left" else PLANS[what] if event == "joined" else operator
                operator = "none" if event in ("lapsed", "closed") else operator
            fate = hash(tuple((d, e, w, 0 if isinstance(b, int) else b) for d, e, w, b in life)) % 2**64
            paid = 1000 if operator == "mobile" else 400
            rows.append((id, "vip" if id % 2 else "young", fate, start, operator, 70.0, paid))
        names = ["id", "segment", "fate", "operator_start", "operator_end", "satisfaction_end", "revenue_fen"]
        return pd.DataFrame(rows, columns=names).astype({"fate": "uint64"})

    def diary(self, study: Any, replication: int, ids: Any, *, engine: str = "auto") -> pd.DataFrame:
        self.recorded.append([int(id) for id in ids])
        rows = []
        for id in sorted(int(id) for id in ids):
            for day, event, what, b in study.lives.get(id, ()):
                date = START + datetime.timedelta(days=day)
                number = list(PLANS).index(b) if isinstance(b, str) and b else int(b or 0)
                rows.append((id, day, date, event, 0, number, what))
        return pd.DataFrame(rows, columns=["id", "day", "date", "event", "a", "b", "what"])


def loaded(baseline: Any, points: Sequence[str] = ("base",), **arms: Any) -> Any:
    """A loaded study with these arms beside the baseline."""
    studies = {"baseline": baseline, **{name.replace("_", "-"): arm for name, arm in arms.items()}}
    return SimpleNamespace(
        name="market",
        title="A market",
        arms=tuple(studies),
        arm_titles={},
        points=tuple(SimpleNamespace(name=name) for name in points),
        compare=SimpleNamespace(baseline="baseline"),
        resolve=lambda arm, point: SimpleNamespace(study=studies[arm]),
    )
