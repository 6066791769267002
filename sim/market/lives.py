"""Lives: what a run made of each subscriber, and the diaries of those who are asked for, as frames with names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from scenarios import schema
from scenarios.schema.operators import NO_OPERATOR
from sim.errors import ModelError
from sim.market.diary import events
from sim.market.events import Happened
from sim.market.people import Int64s
from sim.rules.satisfaction import relaxed
from sim.run import Engine, run

if TYPE_CHECKING:
    import pandas as pd

    from sim.market.run import MarketRun

_OPERATORS = frozenset({
    Happened.LEFT, Happened.LAPSED, Happened.SUSPENDED, Happened.PAID_UP, Happened.CLOSED, Happened.REREGISTERED,
})  # fmt: skip
_PLANS = frozenset({
    Happened.CONSIDERED, Happened.CHANGED_PLAN, Happened.ASKED_TO_LEAVE, Happened.JOINED, Happened.PORT_FAILED,
})  # fmt: skip
_HALLS = frozenset({Happened.VISITED, Happened.WAITED_LONG, Happened.LEFT_QUEUE, Happened.COMPLAINED})
_TACTICS = frozenset({Happened.SAVED, Happened.CONTACTED, Happened.ACCEPTED})
_ROWS_EACH = 64


def fates(study: schema.Study, replication: int, *, engine: Engine = "auto") -> pd.DataFrame:
    """What a run made of everybody, one row a simulated subscriber.

    Columns: id; segment; fate, a hash of all that happened to it; operator_start and operator_end, `none` for nobody's;
    satisfaction_end, points; revenue_fen, what our operator billed it in the run. Raises `ModelError` without a market.
    """
    import pandas as pd

    market = _market(study, replication, engine, ())
    people = market.people
    operators, segments = [*study.operators, NO_OPERATOR], list(study.segments)
    levels = market.segments.satisfaction[people.segment]
    passed = len(market.days) - people.satisfaction_day.astype(np.int64)
    satisfaction = [
        relaxed(points, level, days, market.rules.half_life_days)
        for points, level, days in zip(people.satisfaction.tolist(), levels.tolist(), passed.tolist(), strict=True)
    ]
    return pd.DataFrame(
        {
            "id": np.arange(people.size),
            "segment": [segments[code] for code in people.segment.tolist()],
            "fate": people.fate,
            "operator_start": [operators[code] for code in market.operator_at_start.tolist()],
            "operator_end": [operators[code] for code in people.operator.tolist()],
            "satisfaction_end": satisfaction,
            "revenue_fen": people.paid_fen,
        }
    )


def diary(study: schema.Study, replication: int, ids: Iterable[int], *, engine: Engine = "auto") -> pd.DataFrame:
    """What happened to these subscribers in a run, in order: id, day, date, event, a, b, what.

    `event` is the name of a `Happened` in lower case, `a` and `b` are its numbers, `what` names the plan, tactic, hall
    or operator that `a` is the number of. Raises `ModelError` without a market.
    """
    import pandas as pd

    market = _market(study, replication, engine, ids)
    rows = events(market.diary)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    named: dict[frozenset[Happened], Iterable[str]] = {
        _OPERATORS: study.operators,
        _PLANS: study.plans,
        _HALLS: study.halls,
        _TACTICS: study.tactics,
    }
    names = {kind: tuple(parts) for kinds, parts in named.items() for kind in kinds}
    kinds = [Happened(kind) for kind in rows[:, 2].tolist()]

    def name(kind: Happened, code: int) -> str:
        return names[kind][code] if code >= 0 else ""

    return pd.DataFrame(
        {
            "id": rows[:, 0],
            "day": rows[:, 1],
            "date": [study.start + timedelta(days=day) for day in rows[:, 1].tolist()],
            "event": [kind.name.lower() for kind in kinds],
            "a": rows[:, 3],
            "b": rows[:, 4],
            "what": [name(kind, code) for kind, code in zip(kinds, rows[:, 3].tolist(), strict=True)],
        }
    )


def _market(study: schema.Study, replication: int, engine: Engine, ids: Iterable[int]) -> MarketRun:
    """Run a study for its market; once more with a longer log, if it turns out too short for those recorded."""
    if not study.has_market:
        raise ModelError(
            "this study has no market: nobody's life can be told", "population", "Add `population` and what it needs."
        )
    who: Int64s = np.fromiter(ids, np.int64)
    rows = _ROWS_EACH * who.size
    while True:
        market = run(study, replication, engine=engine, recorded=who.tolist(), rows=rows).market
        assert market is not None
        if int(market.diary.cursor[0]) <= rows:
            return market
        rows = int(market.diary.cursor[0])
