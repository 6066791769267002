"""What a study says: schema with units, loader, sweep, and the library of ready studies.

Everything public is imported on first use, so that `import scenarios` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios.arms import Point
    from scenarios.beliefs import BeliefUse
    from scenarios.comparison import Compare
    from scenarios.editor_schema import study_schema
    from scenarios.loader import LoadedStudy, load, loads
    from scenarios.metrics import Metric
    from scenarios.origins import Origin
    from scenarios.problems import Problem, StudyErrors
    from scenarios.ranges import Range, at_quantiles, stated_once, text_at
    from scenarios.resolved import ResolvedStudy
    from scenarios.schema import (
        ArrearsRules,
        BetaHazard,
        Brand,
        Campaign,
        Channel,
        Choice,
        ChurnWarning,
        Competitor,
        Considers,
        Detection,
        Economics,
        Effect,
        Escalate,
        Fatigue,
        Hall,
        Market,
        Match,
        Offer,
        OfferTerms,
        Operator,
        Plan,
        PlanContract,
        Population,
        Portability,
        SatisfactionMoves,
        Segment,
        Shift,
        Span,
        Staffing,
        Steps,
        Study,
        Tactic,
        TacticCost,
        TacticTarget,
        Usage,
        Windows,
    )
    from scenarios.shipped import library_folder, library_names
    from scenarios.templates import template

__all__ = [
    "ArrearsRules",
    "BeliefUse",
    "BetaHazard",
    "Brand",
    "Campaign",
    "Channel",
    "Choice",
    "ChurnWarning",
    "Compare",
    "Competitor",
    "Considers",
    "Detection",
    "Economics",
    "Effect",
    "Escalate",
    "Fatigue",
    "Hall",
    "LoadedStudy",
    "Market",
    "Match",
    "Metric",
    "Offer",
    "OfferTerms",
    "Operator",
    "Origin",
    "Plan",
    "PlanContract",
    "Point",
    "Population",
    "Portability",
    "Problem",
    "Range",
    "ResolvedStudy",
    "SatisfactionMoves",
    "Segment",
    "Shift",
    "Span",
    "Staffing",
    "Steps",
    "Study",
    "StudyErrors",
    "Tactic",
    "TacticCost",
    "TacticTarget",
    "Usage",
    "Windows",
    "at_quantiles",
    "library_folder",
    "library_names",
    "load",
    "loads",
    "stated_once",
    "study_schema",
    "template",
    "text_at",
]

_PLACES = {
    "arms": ("Point",),
    "beliefs": ("BeliefUse",),
    "comparison": ("Compare",),
    "editor_schema": ("study_schema",),
    "shipped": ("library_folder", "library_names"),
    "loader": ("LoadedStudy", "load", "loads"),
    "metrics": ("Metric",),
    "origins": ("Origin",),
    "ranges": ("Range", "at_quantiles", "stated_once", "text_at"),
    "resolved": ("ResolvedStudy",),
    "problems": ("Problem", "StudyErrors"),
    "schema": (
        "ArrearsRules",
        "BetaHazard",
        "Brand",
        "Campaign",
        "Channel",
        "Choice",
        "ChurnWarning",
        "Competitor",
        "Considers",
        "Detection",
        "Economics",
        "Effect",
        "Escalate",
        "Fatigue",
        "Hall",
        "Market",
        "Match",
        "Offer",
        "OfferTerms",
        "Operator",
        "Plan",
        "PlanContract",
        "Population",
        "Portability",
        "SatisfactionMoves",
        "Segment",
        "Shift",
        "Span",
        "Staffing",
        "Steps",
        "Study",
        "Tactic",
        "TacticCost",
        "TacticTarget",
        "Usage",
        "Windows",
    ),
    "templates": ("template",),
}


def __getattr__(name: str) -> Any:
    for module, names in _PLACES.items():
        if name in names:
            return getattr(importlib.import_module(f"scenarios.{module}"), name)
    raise AttributeError(f"module 'scenarios' has no attribute {name!r}")
