"""The best of many at every sweep point, as the rows that outputs show: from the runs of a campaign, more if asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from standfast.experiments.best import Best, Selection, best_of, select_best
from standfast.experiments.campaign import Campaign

if TYPE_CHECKING:
    import pandas as pd

    from scenarios import Compare, Metric

Floats = NDArray[np.float64]


def best_rows(
    campaign: Campaign,
    plan: Compare,
    reached: Mapping[tuple[str, str], int],
    schedule: Sequence[int],
) -> pd.DataFrame | None:
    """Compare the arms of each point with the best of the others, on the first metric and the one that selects.

    Parameters
    ----------
    reached: replications made so far of each (arm, point); the arms of a point are those that stand here.
    schedule: the looks of the comparison, the last of which is the most that any arm may have.

    A selection makes the runs that it needs. None for a study of one arm or without metrics.
    """
    import pandas as pd

    from outputs.findings import BEST_COLUMNS

    rows: list[dict[str, Any]] = []
    for point in dict.fromkeys(point for _, point in reached):
        arms = tuple(arm for arm, at in reached if at == point)
        # Only at a look is the error paid for: of two arms with other numbers of runs, the smaller one's look counts.
        fewest = min(reached[arm, point] for arm in arms)
        number = max((look for look in schedule if look <= fewest), default=fewest)
        selects = plan.select.metric if plan.select is not None else None
        for column, metric in enumerate(plan.metrics):
            if len(arms) < 2 or (column and metric.key != selects):
                continue
            values = {arm: campaign.values(arm, point, number, plan.metrics)[:, column] for arm in arms}
            best = best_of(values, number, plan.confidence, len(schedule), metric.goal)
            if best is not None:
                selection = _selection(campaign, plan, point, arms, column, schedule) if metric.key == selects else None
                rows += [_row(point, arm, at, metric, best, selection) for at, arm in enumerate(arms)]
    return pd.DataFrame(rows, columns=list(BEST_COLUMNS)) if rows else None


def _selection(
    campaign: Campaign, plan: Compare, point: str, arms: Sequence[str], column: int, schedule: Sequence[int]
) -> Selection | None:
    if plan.select is None:
        return None

    def reach(some: Sequence[str], n: int) -> Floats:
        campaign.ensure([(arm, point) for arm in some], n)
        return np.column_stack([campaign.values(arm, point, n, plan.metrics)[:, column] for arm in some])

    goal = plan.metrics[column].goal
    return select_best(arms, plan.select, goal, plan.confidence, min(plan.initial, schedule[-1]), schedule[-1], reach)


def _row(point: str, arm: str, at: int, metric: Metric, best: Best, selection: Selection | None) -> dict[str, Any]:
    state = ""
    if selection is not None:
        state = "selected" if arm == selection.selected else "remains" if arm in selection.remain else "out"
    return {
        "point": point,
        "arm": arm,
        "metric": metric.key,
        "kpi": metric.kpi,
        "scope": metric.scope,
        "period": metric.period,
        "unit": metric.unit,
        "goal": metric.goal,
        "n": best.n,
        "mean": best.means[at],
        "low": best.intervals[at].low,
        "high": best.intervals[at].high,
        "level": best.level,
        "could_be_best": arm in best.survivors,
        "procedure": selection.procedure if selection is not None else "",
        "zone": selection.zone if selection is not None else np.nan,
        "selection_n": selection.n if selection is not None else np.nan,
        "selection": state,
    }
