"""The decision on a terminal: the verdict, then one table a metric, strategy by strategy.

Readable at 80 columns (two lines a strategy) and better at 120 (one line). Verdicts are told by word and sign, so that
nothing is lost without colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outputs.belief import pairing_words, parted_words
from outputs.best import best_words
from outputs.checks_terminal import print_checks
from outputs.doubts import what_would_overturn
from outputs.findings import Findings
from outputs.labels import TITLE_CELLS, arm_label, capital, metric_label, metric_scale
from outputs.language import say
from outputs.legend import decision_notes, metric_terms
from outputs.market_terminal import market_lines
from outputs.over_draws import drawn_sections
from outputs.over_draws_terminal import print_drawn
from outputs.plaintext import printable, shorten
from outputs.quantities import Scale, about_words, correlation_words, count_words
from outputs.recommendation import recommend
from outputs.verdict import verdict_sentence

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

_WIDE = 108
"""From this many columns a strategy takes one line."""

_STYLES = {"better": "green", "worse": "red", "no practical difference": "dim", "not settled": "yellow"}
_SIGNS = {"better": "▲", "worse": "▼", "no practical difference": "=", "not settled": "?"}
_ASCII = {
    "▲": "+",
    "▼": "-",
    "→": "->",
    "±": "+/-",
    "–": "-",
    "“": '"',
    "”": '"',
    "★": "*",
    "…": "...",
    "⚑": "!",
    "×": "x",
}


def print_decision(findings: Findings, console: Console) -> None:
    """Print the verdict and the decision of every sweep point on a rich console.

    Text comes from studies and is printed as text: no markup, no escapes. A console without Unicode gets ASCII signs.
    """
    plain = Plainer(console)
    console.print(plain_text(plain(shorten(findings.title or findings.name, 2 * TITLE_CELLS)), "bold"))
    if findings.consistency:
        console.print(plain_text(plain(say(findings.language, "report.badge")), "yellow"))
    console.print()
    console.print(plain_text(plain(verdict_sentence(findings)), "bold"))
    for line in market_lines(findings):
        console.print(plain_text(plain(line)))
    for point in findings.points:
        if not findings.metrics(point):
            continue
        if len(findings.points) > 1:
            console.print()
            console.print(
                plain_text(plain(say(findings.language, "table.point", point=printable(point))), "bold underline")
            )
        _print_point(findings, point, console)
    if findings.decision.empty:
        return
    for section in drawn_sections(findings):
        print_drawn(findings, section, console, plain, wide=console.width >= _WIDE)
    print_checks(findings, console, plain)
    console.print()
    notes = decision_notes(findings)
    if any(recommend(findings, point).arm for point in findings.points):
        notes = (say(findings.language, "table.chosen"), *notes)
    for note in notes:
        console.print(plain_text(plain(note), "dim"))
    point = findings.points[0]
    for key, sentences in (
        ("best.heading", best_words(findings, point)),
        ("report.overturn", what_would_overturn(findings)),
        ("belief.heading", (*pairing_words(findings, point), *parted_words(findings, point))),
    ):
        if sentences:
            console.print()
            heading = say(findings.language, key)
            if len(findings.points) > 1 and key != "report.overturn":
                heading += f" – {say(findings.language, 'table.point', point=printable(point))}"
            console.print(plain_text(plain(heading), "bold"))
        for sentence in sentences:
            console.print(plain_text(plain(f"- {sentence}")))


def _print_point(findings: Findings, point: str, console: Console) -> None:
    rows = findings.decision[findings.decision["point"] == point]
    chosen = recommend(findings, point).arm
    wide = console.width >= _WIDE
    plain = Plainer(console)
    for metric in findings.metrics(point):
        here = rows[rows["metric"] == metric]
        scale = metric_scale(findings, here)
        console.print()
        name = capital(metric_label(findings, here.iloc[0])) + (f" [{scale.words}]" if scale.words else "")
        heading = " · ".join((name, *metric_terms(findings, here.iloc[0], scale)))
        console.print(plain_text(plain(heading), "bold"))
        table = _table(findings, wide, plain)
        for _, row in here.iterrows():
            name = arm_label(findings, str(row["arm"])) + (" ★" if str(row["arm"]) == chosen else "")
            _add(findings, table, row, scale, plain, wide=wide, name=name)
        console.print(table)


def _table(findings: Findings, wide: bool, plain: Plainer) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim", expand=True)

    def column(key: str, width: int | None = None, right: bool = True, ratio: int | None = None) -> None:
        header = plain_text(plain(say(findings.language, key)), "dim")
        table.add_column(
            header, width=width, ratio=ratio, justify="right" if right else "left", overflow="fold", no_wrap=False
        )

    column("table.strategy", right=False, ratio=1)
    if wide:
        column("table.baseline", 15)
        column("table.value", 15)
        column("table.difference", 10)
        column("table.interval", 18)
        column("table.verdict", 18, right=False)
        column("table.correlation_short", 6)
        column("table.runs_short", 4)
        column("table.more_runs_short", 7)
    else:
        column("table.values", 15)
        column("table.difference", 16)
        column("table.verdict", 15, right=False)
        column("table.correlation_short", 5)
        column("table.runs_short", 4)
        column("table.more_runs_short", 6)
    return table


def _add(
    findings: Findings, table: Table, row: pd.Series, scale: Scale, plain: Plainer, *, wide: bool, name: str
) -> None:
    verdict = str(row["verdict"])
    style = _STYLES[verdict]
    said = plain_text(plain(f"{_SIGNS[verdict]} {say(findings.language, f'verdict.{verdict}')}"), style)
    before = scale.plus_minus(float(row["baseline_mean"]), float(row["baseline_half_width"]))
    after = scale.plus_minus(float(row["arm_mean"]), float(row["arm_half_width"]))
    difference = scale.number(float(row["difference"]), signed=True)
    interval = scale.interval(float(row["low"]), float(row["high"]))
    correlation = correlation_words(float(row["correlation"]))
    rest = [correlation, count_words(float(row["n"])), about_words(float(row["runs_to_settle"]))]
    if wide:
        cells = [name, before, after, difference, interval]
    else:
        cells = [name, f"{before}\n→ {after}", f"{difference}\n{interval}"]
    table.add_row(*[plain_text(plain(cell)) for cell in cells], said, *[plain_text(plain(cell)) for cell in rest])


class Plainer:
    """Make text fit the console: plain spaces and hyphens that can be copied, ASCII signs where there is no Unicode."""

    def __init__(self, console: Console) -> None:
        self._ascii = console.options.ascii_only
        self._encoding = console.encoding

    def __call__(self, text: str) -> str:
        simple = text.replace("\u00a0", " ").replace("−", "-")
        if self._ascii:
            for sign, ascii_sign in _ASCII.items():
                simple = simple.replace(sign, ascii_sign)
        return simple.encode(self._encoding, errors="replace").decode(self._encoding)


def plain_text(text: str, style: str = "") -> Text:
    """Return text for a console as text: what looks like markup in it stays as it is."""
    from rich.text import Text

    return Text(text, style=style)
