"""What people see: tables, figures and the report. Knows data frames, not the model."""

from outputs.findings import Findings, FindingsError
from outputs.recommendation import Recommendation, recommend
from outputs.report import write_report
from outputs.results import read
from outputs.terminal import print_decision
from outputs.verdict import verdict_sentence

__all__ = [
    "Findings",
    "FindingsError",
    "Recommendation",
    "print_decision",
    "read",
    "recommend",
    "verdict_sentence",
    "write_report",
]
