"""Who differs between two arms: fates side by side, what became of each, and how many they are.

Pure functions on the frames of `sim.fates`: id, segment, fate, operator_start, operator_end, satisfaction_end,
revenue_fen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

CHANGES = ("kept", "lost", "elsewhere", "same")
"""What an arm did to somebody who differs: with us at the end only in the arm; only in the baseline; with us in
neither, at different ends; the same end by another way."""

FEN = 100
"""Fen in a CNY."""


class OtherPeople(Exception):
    """The two arms do not simulate the same subscribers, so that no life of one has its like in the other."""


def differing(baseline: pd.DataFrame, arm: pd.DataFrame, own: str) -> pd.DataFrame:
    """Return those whose fate differs, by id: what they were, how they end in both, and which change that is.

    Columns id, segment, start, baseline_end, arm_end, change, and for `baseline_` and `arm_` each satisfaction and
    revenue_fen. Raises OtherPeople unless both frames are of the same ids.
    """
    import pandas as pd

    before, after = (frame.sort_values("id", ignore_index=True) for frame in (baseline, arm))
    if not before["id"].equals(after["id"]):
        raise OtherPeople(f"the arms simulate {len(before)} and {len(after)} subscribers, not the same ones")
    differ = before["fate"] != after["fate"]
    before, after = before[differ], after[differ]
    return pd.DataFrame(
        {
            "id": before["id"],
            "segment": before["segment"].astype(str),
            "start": before["operator_start"].astype(str),
            "baseline_end": before["operator_end"].astype(str),
            "arm_end": after["operator_end"].astype(str),
            "change": change(before["operator_end"], after["operator_end"], own),
            "baseline_satisfaction": before["satisfaction_end"],
            "arm_satisfaction": after["satisfaction_end"],
            "baseline_revenue_fen": before["revenue_fen"],
            "arm_revenue_fen": after["revenue_fen"],
        }
    ).reset_index(drop=True)


def change(baseline_end: pd.Series, arm_end: pd.Series, own: str) -> pd.Series:
    """Return which of CHANGES each pair of ends is."""
    import numpy as np
    import pandas as pd

    before, after = baseline_end.astype(str).to_numpy(), arm_end.astype(str).to_numpy()
    conditions = [before == after, after == own, before == own]
    return pd.Series(np.select(conditions, ["same", "kept", "lost"], "elsewhere"), index=baseline_end.index, dtype=str)


def by_change(who: pd.DataFrame, own: str, people: int, weight: float, replications: int) -> pd.DataFrame:
    """Return one row a change, and `differ` for all: how many, what they are at full scale, what they paid more.

    `people` counts the simulated lives of all replications. Columns change, simulated, ours (with us at the start),
    full (a replication), share (of all lives), revenue_cny (in the arm less in the baseline, full scale, a
    replication).
    """
    import pandas as pd

    rows = []
    for name in ("differ", *CHANGES):
        of = who if name == "differ" else who[who["change"] == name]
        paid = int((of["arm_revenue_fen"] - of["baseline_revenue_fen"]).sum())
        rows.append(
            {
                "change": name,
                "simulated": len(of),
                "ours": int((of["start"] == own).sum()),
                "full": len(of) * weight / replications,
                "share": len(of) / people if people else 0.0,
                "revenue_cny": paid * weight / replications / FEN,
            }
        )
    return pd.DataFrame(rows)


def by_segment(who: pd.DataFrame, people: pd.Series, weight: float, replications: int) -> pd.DataFrame:
    """Return one row a segment: its simulated lives, how many differ, the share, how many by change, and full scale.

    `people` counts all simulated lives by segment.
    """
    counts = who.groupby(["segment", "change"]).size().unstack("change", fill_value=0)
    counts = counts.reindex(index=sorted(map(str, people.index)), columns=list(CHANGES), fill_value=0).astype(int)
    table = counts.rename_axis(None, axis="columns").rename_axis("segment").reset_index()
    differ = table[list(CHANGES)].sum(axis="columns")
    table.insert(1, "people", people.sort_index().to_numpy())
    table.insert(2, "differ", differ)
    table.insert(3, "share", differ / table["people"].clip(lower=1))
    table["full"] = differ * weight / replications
    return table
