"""A sensitivity in sentences: what the choice hangs on, the risk that it is wrong, what to measure, which pilot."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

from outputs.findings import Language
from outputs.labels import TITLE_CELLS, capital, kpi_label, period_label
from outputs.language import say
from outputs.plaintext import printable, shorten
from outputs.quantities import Scale, fit_scale, level_words
from outputs.sensitivity_findings import SensitivityFindings
from outputs.turning import Turning, turn_words
from scenarios.kpis import ALL_PERIODS

DAYS_A_MONTH = 30.4375
SHORT_PILOT_MONTHS = 2.0
"""A pilot that is shorter is told in days."""


def metric_words(found: SensitivityFindings) -> str:
    """The metric in words, with its place and time where these are not the whole study."""
    where = []
    if found.scope != found.own_scope:
        where.append(printable(found.scope))
    if found.period != ALL_PERIODS:
        where.append(period_label(found.language, found.period))
    kpi = kpi_label(found.language, found.kpi)
    return say(found.language, "label.part", kpi=kpi, where=", ".join(where)) if where else kpi


def quoted(found: SensitivityFindings, title: str) -> str:
    """The title of an arm in quotation marks, for sentences."""
    words = say(found.language, "table.baseline") if title == "baseline" else shorten(title, TITLE_CELLS)
    return say(found.language, "join.quote", text=words)


def belief_words(found: SensitivityFindings, name: str) -> str:
    """A belief for people: its label in quotation marks."""
    return say(found.language, "join.quote", text=label_words(found, name))


def label_words(found: SensitivityFindings, name: str) -> str:
    """The label of a belief, or of a group, which is shown by its path."""
    rows = found.beliefs[found.beliefs["belief"] == name]
    return shorten(str(rows.iloc[0]["label"]) if len(rows) else name, TITLE_CELLS)


def scale_of(found: SensitivityFindings) -> Scale:
    """One scale for all differences of a sensitivity."""
    return _scale(found)


@lru_cache(maxsize=4)
def _scale(found: SensitivityFindings) -> Scale:
    values = [found.best, *found.tornado["low"], *found.tornado["high"], found.loss]
    widths = [found.best_half_width, *found.tornado["low_half_width"], *found.tornado["high_half_width"]]
    return fit_scale(found.language, found.unit, values, widths)


def amount(found: SensitivityFindings, value: float, signed: bool = True) -> str:
    """A number of the metric with its unit: a difference, or a level where there is no baseline."""
    scale = scale_of(found)
    return scale.change(value, signed) if found.baseline else scale.value(value)


def share_words(language: Language, share: float) -> str:
    """A share in whole per cent, one decimal below ten."""
    if not math.isfinite(share):
        return "–"
    decimals = 0 if share >= 0.1 or share < 0.0005 else 1
    return f"{100 * share:.{decimals}f}" + ("%" if language == "zh" else "\u00a0%")


def question_words(found: SensitivityFindings) -> str:
    """What was asked: the arm, the baseline, the metric, the sweep point where there are several."""
    words = {"arm": quoted(found, found.arm_title), "metric": metric_words(found)}
    if found.baseline:
        asked = _say(found, "sens.question", baseline=quoted(found, found.baseline_title), **words)
    else:
        asked = _say(found, "sens.question_own", **words)
    if found.points > 1:
        where = _say(found, "sens.at_point", point=shorten(found.point, TITLE_CELLS))
        asked = _say(found, "label.part", kpi=asked, where=where)
    return asked


def lead_sentence(found: SensitivityFindings) -> str:
    """What the choice hangs on, in one sentence, without its full stop."""
    arm, baseline = quoted(found, found.arm_title), quoted(found, found.baseline_title)
    if not len(found.tornado):
        return _say(found, "sens.lead.nothing", metric=metric_words(found))
    if not found.baseline:
        first = found.tornado.iloc[0]
        ends = {"low": amount(found, first["low"]), "high": amount(found, first["high"])}
        words = {"metric": capital(metric_words(found)), "belief": belief_words(found, str(first["belief"]))}
        return _say(found, "sens.lead.own", **words, **ends)
    turning = turning_beliefs(found)
    if turning:
        key = "sens.lead.turns" if len(turning) == 1 else "sens.lead.turns_more"
        turn = turn_sentences(found, turning[0])[0]
        return _say(found, key, number=len(turning), belief=belief_words(found, turning[0]), turn=turn)
    key = "sens.lead.holds" if found.sign * found.best > 0 else "sens.lead.never"
    return _say(found, key, arm=arm, baseline=baseline)


def turning_beliefs(found: SensitivityFindings) -> list[str]:
    """The beliefs along whose range the choice turns, the largest swing first."""
    turning = set(found.break_evens[found.break_evens["outcome"] == "crosses"]["belief"])
    return [str(name) for name in found.tornado["belief"] if name in turning]


def turn_sentences(found: SensitivityFindings, name: str) -> list[str]:
    """Where the choice turns along one belief: a sentence for each crossing, the nearest to the stated value first."""
    arm = quoted(found, found.arm_title)
    return [turn_words(found.language, turning, arm) for turning in turnings_of(found, name)]


def turnings_of(found: SensitivityFindings, name: str) -> list[Turning]:
    """The crossings along one belief, the nearest to the stated value first."""
    belief = found.belief(name)
    rows = found.break_evens[(found.break_evens["belief"] == name) & (found.break_evens["outcome"] == "crosses")]
    stated = str(found.tornado[found.tornado["belief"] == name].iloc[0]["best_text"]) if len(rows) else ""
    return [
        Turning(
            arm=found.arm,
            point=found.point,
            metric=found.metric,
            unit=found.unit,
            label=str(belief["label"]),
            stated=stated,
            source=str(belief["source"]),
            value=str(row["value_text"]),
            low=str(row["low_text"]),
            high=str(row["high_text"]),
            open_low=bool(row["open_low"]),
            open_high=bool(row["open_high"]),
            quantile=float(row["quantile"]),
            better_above=bool(row["better_above"]),
        )
        for _, row in rows.iterrows()
    ]


def sentences(found: SensitivityFindings) -> list[str]:
    """What follows the lead: the stated values, the risk of a wrong choice, what to measure first."""
    level = level_words(found.language, found.level)
    ends = [found.best - found.best_half_width, found.best + found.best_half_width]
    low, high = (scale_of(found).number(end, signed=bool(found.baseline)) for end in ends)
    said = {"level": level, "low": low, "high": high}
    told = [
        _say(found, "sens.best", difference=amount(found, found.best), **said)
        if found.baseline
        else _say(found, "sens.best_own", value=amount(found, found.best), **said)
    ]
    if found.arms < 2:
        return told
    if not math.isfinite(found.wrong):
        return [*told, _say(found, "sens.risk_few", draws=found.whole_draws)]
    chosen = quoted(found, found.chosen_title)
    if found.wrong == 0:
        return [*told, _say(found, "sens.risk_none", arm=chosen, draws=found.whole_draws)]
    loss = scale_of(found).size(found.loss)
    wrong = share_words(found.language, found.wrong)
    told.append(_say(found, "sens.risk", arm=chosen, draws=found.whole_draws, wrong=wrong, loss=loss))
    told.append(measure_sentence(found))
    return told


def measure_sentence(found: SensitivityFindings) -> str:
    """What to measure first, or that nothing is told to be worth it."""
    worth = found.information[found.information["told"].astype(bool)]
    if not len(worth):
        return _say(found, "sens.measure_none", draws=found.whole_draws)
    first = worth.iloc[0]
    scale = scale_of(found)
    return _say(
        found,
        "sens.measure",
        belief=belief_words(found, str(first["belief"])),
        before=share_words(found.language, float(first["wrong_now"])),
        after=share_words(found.language, float(first["wrong"])),
        value=scale.size(float(first["value"])),
        error=scale.size(float(first["error"])),
    )


def pilot_sentence(found: SensitivityFindings) -> str:
    """How large a pilot of the first number must be; empty where no break-even lies in a range."""
    pilot = found.pilot
    if pilot is None:
        return ""
    belief = belief_words(found, pilot.belief)
    words = {"believed": printable(pilot.believed), "break_even": printable(pilot.break_even)}
    if not pilot.kind:
        key = "sens.pilot.same" if pilot.why_not == "same number" else "sens.pilot.none"
        return _say(found, key, belief=belief, **words)
    customers = f"{pilot.customers:,}"
    if pilot.kind == "rate":
        said = _say(found, "sens.pilot.rate", customers=customers, months=f"{pilot.months:g}", **words)
    else:
        time = ""
        if math.isfinite(pilot.months) and pilot.months < SHORT_PILOT_MONTHS:
            days = max(1, math.ceil(pilot.months * DAYS_A_MONTH))
            time = _say(found, "sens.pilot.short" if days > 1 else "sens.pilot.day", days=days)
        elif math.isfinite(pilot.months):
            time = _say(found, "sens.pilot.time", months=f"{pilot.months:,.1f}")
        said = _say(found, f"sens.pilot.{pilot.kind}", customers=customers, time=time, **words)
    colon = "：" if found.language == "zh" else ": "
    return f"{capital(belief)}{colon}{said[:1].lower() + said[1:] if found.language == 'en' else said}"


def notes(found: SensitivityFindings) -> list[str]:
    """What to know before one reads the numbers: what was left out, what is noise, which law was assumed."""
    told: list[str] = []
    idle = int((~found.beliefs["active"].astype(bool)).sum())
    if idle:
        told.append(_say(found, "sens.inactive", number=idle, all=len(found.beliefs)))
    screened = found.screening[found.screening["stage"] == "beliefs"]
    noise = int((~screened["told"].astype(bool)).sum())
    if noise:
        counts = {"number": noise, "all": len(screened), "replications": found.replications}
        told.append(_say(found, "sens.noise", **counts))
    if found.invalid:
        why = shorten(next(iter(found.invalid.values())), 2 * TITLE_CELLS)
        told.append(_say(found, "sens.invalid", number=len(found.invalid), why=why))
    if found.failed:
        told.append(_say(found, "sens.failed", number=found.failed))
    stop = _say(found, "join.stop")
    return [*(f"{each}{stop}" for each in told), _say(found, "sens.law")]


def joined(found: SensitivityFindings, parts: Iterable[str]) -> str:
    """Sentences one after the other, each with its full stop."""
    stop = _say(found, "join.stop")
    return _say(found, "join.sentences").join(f"{part.rstrip('.')}{stop}" for part in parts)


def _say(found: SensitivityFindings, key: str, **values: object) -> str:
    return say(found.language, key, **values)
