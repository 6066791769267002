"""The tables of a war game for programs: CSV files with every digit, and the same as plain data for `--json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outputs.robust_findings import RobustFindings
from outputs.tables import csv_bytes

if TYPE_CHECKING:
    import pandas as pd


def robust_frame(found: RobustFindings) -> pd.DataFrame:
    """One row a strategy and playbook: value and regret with their intervals, in `unit`."""
    import pandas as pd

    rows = [
        {
            "arm": arm,
            "playbook": book.name,
            "metric": found.metric,
            "unit": found.unit,
            "replications": found.replications,
            "value": found.means.value[at, where],
            "low": found.means.low[at, where],
            "high": found.means.high[at, where],
            "regret": found.regret.value[at, where],
            "regret_low": found.regret.low[at, where],
            "regret_high": found.regret.high[at, where],
            "best": found.best[where] == at,
        }
        for at, arm in enumerate(found.arms)
        for where, book in enumerate(found.playbooks)
    ]
    return pd.DataFrame(rows)


def strategy_frame(found: RobustFindings) -> pd.DataFrame:
    """One row a strategy: its worst and its mean regret with their intervals, and whether it is the choice."""
    import pandas as pd

    rows = [
        {
            "arm": arm,
            "metric": found.metric,
            "unit": found.unit,
            "worst_regret": found.worst.value[at],
            "worst_low": found.worst.low[at],
            "worst_high": found.worst.high[at],
            "worst_under": found.playbooks[found.worst_at[at]].name,
            "mean_regret": found.mean.value[at],
            "mean_low": found.mean.low[at],
            "mean_high": found.mean.high[at],
            "least": at == found.choice,
            "told_from_least": at != found.choice and at not in found.rivals,
        }
        for at, arm in enumerate(found.arms)
    ]
    return pd.DataFrame(rows)


SIGNAL_COLUMNS = (
    "playbook",
    "against",
    "kpi",
    "scope",
    "unit",
    "span",
    "month",
    "after",
    "above",
    "below",
    "right",
    "missed",
    "mistaken",
    "runs",
)


def signal_frame(found: RobustFindings) -> pd.DataFrame:
    """One row a sign; `against` is empty where it tells the playbook from all others."""
    import pandas as pd

    rows = [[getattr(each, name) for name in SIGNAL_COLUMNS] for each in found.signals]
    return pd.DataFrame(rows, columns=list(SIGNAL_COLUMNS))


def robust_files(found: RobustFindings) -> dict[str, bytes]:
    """Every table as file name → CSV."""
    return {
        "robust.csv": csv_bytes(robust_frame(found)),
        "strategies.csv": csv_bytes(strategy_frame(found)),
        "signals.csv": csv_bytes(signal_frame(found)),
    }


def told_robust(found: RobustFindings) -> dict[str, Any]:
    """A war game as `--json` gives it; numbers are in the unit that stands beside them."""
    return {
        "study": found.name,
        "metric": found.metric,
        "unit": found.unit,
        "goal": found.goal,
        "replications": found.replications,
        "confidence": found.confidence,
        "point": found.point,
        "playbooks": [
            {"name": book.name, "title": book.title, "begins": book.begins, "ends": book.ends}
            for book in found.playbooks
        ],
        "left_out": [{"playbook": name, "why": why} for name, why in found.left_out],
        "replaced": list(found.replaced),
        "least_regretted": found.arms[found.choice],
        "told_from_all_others": found.separated,
        "more_runs": found.more_runs,
        "strategies": strategy_frame(found).to_dict("records"),
        "values": robust_frame(found).to_dict("records"),
        "signals": [{name: getattr(each, name) for name in SIGNAL_COLUMNS} for each in found.signals],
    }
