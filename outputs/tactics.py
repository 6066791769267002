"""What each tactic did, where its budget stopped it, and which tactics rest on concealment."""

from __future__ import annotations

import math
from dataclasses import dataclass

from outputs.bands import mean_of
from outputs.findings import Findings
from outputs.labels import quoted_arm, quoted_tactic
from outputs.language import say
from outputs.month_axis import months_of
from outputs.operators import tactics_of

_MEASURED = (
    "contacts",
    "acceptances",
    "complaints",
    "tactic_cost",
    "subsidy",
    "commission",
    "forgone",
    "cannibalised",
    "kept_revenue",
    "roi",
    "budget_stops",
)


@dataclass(frozen=True)
class Deed:
    """What a tactic did under a strategy over the whole time: means over the runs by KPI, NaN where not measured."""

    arm: str
    tactic: str
    means: dict[str, float]

    def amount(self, *kpis: str) -> float:
        """Return the sum of the named means; what was not measured counts as 0."""
        return math.fsum(self.means[kpi] for kpi in kpis if math.isfinite(self.means[kpi]))


def deeds(findings: Findings, point: str) -> tuple[Deed, ...]:
    """Return what every tactic did under every strategy that used it, strategy by strategy."""
    found = []
    for arm in findings.arms:
        for tactic in tactics_of(findings):
            scope = f"tactic/{tactic}"
            deed = Deed(arm, tactic, {kpi: mean_of(findings, kpi, scope, arm, point) for kpi in _MEASURED})
            if deed.amount("contacts", "tactic_cost", "subsidy", "commission", "forgone", "budget_stops"):
                found.append(deed)
    return tuple(found)


def budget_words(findings: Findings, point: str) -> tuple[str, ...]:
    """Return a sentence for every strategy and tactic that its budget stopped, with the mean number of months."""
    months = len(months_of(findings, "margin", findings.operator, point))
    found = []
    for deed in deeds(findings, point):
        stopped = deed.amount("budget_stops")
        if not stopped:
            continue
        told = f"{stopped:.0f}" if stopped == round(stopped) else f"{stopped:.1f}"
        words = {"arm": quoted_arm(findings, deed.arm), "tactic": quoted_tactic(findings, deed.tactic)}
        found.append(say(findings.language, "tactics.stop", **words, months=told, all=months))
    return tuple(found)


def untold_words(findings: Findings, point: str) -> tuple[str, ...]:
    """Return why some tactics have no kept revenue; nothing where all have it."""
    untold = any(not math.isfinite(deed.means["kept_revenue"]) for deed in deeds(findings, point))
    return (say(findings.language, "tactics.untold"),) if untold else ()


def concealing_words(findings: Findings, point: str) -> tuple[str, ...]:
    """Return the warning about tactics that rest on concealment; none where no strategy used one."""
    used = dict.fromkeys(deed.tactic for deed in deeds(findings, point) if deed.tactic in findings.concealing)
    if not used:
        return ()
    names = say(findings.language, "join.list").join(quoted_tactic(findings, tactic) for tactic in used)
    return (say(findings.language, "tactics.conceals_note", tactics=names),)
