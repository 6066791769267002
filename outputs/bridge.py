"""The value bridge: by which steps a strategy's net value differs from the baseline's, run by run.

The steps add up to the difference in net margin exactly; a rest is an error, never a step of its own. Only discounting
lies between net margin and net value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outputs.bands import Estimate, estimate, per_run
from outputs.findings import Findings, FindingsError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Runs = NDArray[np.float64]

MARGIN, VALUE = "margin", "value"
"""Steps that are sums of those before them."""

PRICE_CUTS = "price_cuts"
"""The step of which a part is cannibalised."""

_STEPS = (
    ("gained", 1.0, ("revenue", "forgone")),
    (PRICE_CUTS, -1.0, ("forgone",)),
    ("subsidy", -1.0, ("subsidy", "commission")),
    ("tactics", -1.0, ("tactic_cost",)),
    ("labour", -1.0, ("staff_cost",)),
    ("remedies", -1.0, ("remedy_cost",)),
    ("sales", 1.0, ("sales_revenue",)),
    ("serving", -1.0, ("serving_cost",)),
)
"""Step, sign, and the KPIs whose differences make it. `revenue` is what customers paid, price cuts taken off."""

_FEN = 0.01


@dataclass(frozen=True)
class Step:
    """One step of a bridge, in CNY over the whole time: what it adds to the value, and what was there before it."""

    key: str
    runs: tuple[float, ...]
    before: float
    amount: Estimate

    @property
    def total(self) -> bool:
        """Whether it is a sum of the steps before it."""
        return self.key in (MARGIN, VALUE)


@dataclass(frozen=True)
class Bridge:
    """The steps of one strategy in order, and the cannibalised part of its price cuts (an amount of zero or less)."""

    arm: str
    steps: tuple[Step, ...]
    cannibalised: Estimate


def bridges(findings: Findings, point: str) -> tuple[Bridge, ...]:
    """Return the bridge of every strategy at a sweep point; none where the study has no net margin.

    Steps that are zero in every run of every strategy are left out; so is discounting where none is done.
    FindingsError: the steps of a strategy don't add up to its margin.
    """
    found = [bridge for arm in findings.challengers() for bridge in _bridge(findings, point, arm)]
    idle = set.intersection(*({s.key for s in bridge.steps if not any(s.runs)} for bridge in found)) if found else set()
    if "discounting" in idle:
        idle.add(VALUE)
    idle.discard(MARGIN)
    return tuple(
        Bridge(each.arm, tuple(step for step in each.steps if step.key not in idle), each.cannibalised)
        for each in found
    )


def _bridge(findings: Findings, point: str, arm: str) -> list[Bridge]:
    import numpy as np

    both = [per_run(findings, "margin", findings.operator, name, point) for name in (findings.baseline, arm)]
    shared: Any = both[0].index.intersection(both[1].index)
    if not len(shared):
        return []

    def gain(kpi: str) -> Runs:
        """Difference of a KPI, strategy minus baseline, in each run; what neither recorded is 0."""
        old, new = (
            per_run(findings, kpi, findings.operator, name, point).reindex(shared, fill_value=0.0)
            for name in (findings.baseline, arm)
        )
        difference = (new - old).to_numpy(dtype=float)
        return np.where(abs(difference) < _FEN / 2, 0.0, difference)

    margin = gain("margin")
    parts = [(key, sign * np.sum([gain(kpi) for kpi in kpis], axis=0)) for key, sign, kpis in _STEPS]
    rest = float(abs(margin - np.sum([runs for _, runs in parts], axis=0)).max())
    if rest > max(_FEN / 2, 1e-11 * max(float(series.abs().max()) for series in both)):
        raise FindingsError(f"the value bridge of {arm} at {point} does not add up: {rest:,.2f} CNY are missing")
    parts.append((MARGIN, margin))
    if len(per_run(findings, "net_value", findings.operator, arm, point)):
        value = gain("net_value")
        discounting = value - margin
        parts += [("discounting", np.where(abs(discounting) < _FEN / 2, 0.0, discounting)), (VALUE, value)]
    steps: list[Step] = []
    reached = 0.0
    for key, runs in parts:
        amount = estimate(runs)
        before = 0.0 if key in (MARGIN, VALUE) else reached
        reached = before + amount.mean
        steps.append(Step(key, tuple(float(run) for run in runs), before, amount))
    return [Bridge(arm, tuple(steps), estimate(-gain("cannibalised")))]
