"""A war game in sentences: the strategy that is regretted least, what stands against it, how rivals show themselves."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from outputs.labels import TITLE_CELLS, capital, kpi_label, period_label
from outputs.language import has, say
from outputs.plaintext import printable, shorten
from outputs.quantities import Scale, about_words, fit_scale, level_words
from outputs.robust_findings import Floats, RobustFindings, Signal
from scenarios.kpis import ALL_PERIODS, operator_scope

QUIET = "quiet"
"""Name of the playbook in which no rival does anything."""


def arm_words(found: RobustFindings, arm: str) -> str:
    """The title of a strategy, or its name; the name `baseline` has words."""
    title = found.arm_titles.get(arm) or arm
    return say(found.language, "table.baseline") if title == "baseline" else shorten(title, TITLE_CELLS)


def book_words(found: RobustFindings, name: str) -> str:
    """The title of a playbook, or its name; rivals who stay quiet, and those of the study, have words."""
    if has(found.language, f"robust.{name}"):
        return say(found.language, f"robust.{name}")
    titles = {book.name: book.title for book in found.playbooks}
    return shorten(titles.get(name) or name, TITLE_CELLS)


def metric_words(found: RobustFindings) -> str:
    """The metric in words, with its place and time where these aren't our whole operator and the whole study."""
    where = [] if found.scope == operator_scope(found.own) else [scope_words(found, found.scope)]
    where += [] if found.period == ALL_PERIODS else [period_label(found.language, found.period)]
    kpi = kpi_label(found.language, found.kpi)
    return say(found.language, "label.part", kpi=kpi, where=", ".join(where)) if where else kpi


def scope_words(found: RobustFindings, scope: str) -> str:
    """The title of an operator or segment; any other scope as it is."""
    kind, _, name = scope.partition("/")
    titles = {"operator": found.operator_titles, "segment": found.segment_titles}.get(kind, {})
    return shorten(titles.get(name) or scope, TITLE_CELLS)


def value_scale(found: RobustFindings) -> Scale:
    """The scale of the values of all strategies, fine enough to show the usual regret: intervals of means are wider."""
    means = found.means
    scale = fit_scale(found.language, found.unit, means.value.ravel().tolist(), _widths(means.value, means.high))
    regrets = sorted(float(each) * scale.factor for each in found.regret.value.ravel() if each > 0)
    if not regrets:
        return scale
    needed = -math.floor(math.log10(regrets[len(regrets) // 2]))
    return replace(scale, decimals=min(max(scale.decimals, needed), scale.decimals + 2))


def regret_scale(found: RobustFindings) -> Scale:
    """The scale of all regrets."""
    sizes = [*found.regret.value.ravel().tolist(), *found.worst.value.tolist()]
    return fit_scale(found.language, found.unit, sizes, _widths(found.worst.value, found.worst.high))


def _widths(value: Floats, high: Floats) -> Iterable[float]:
    return [float(width) for width in (high - value).ravel() if math.isfinite(width)]


def lead_sentence(found: RobustFindings) -> str:
    """Which strategy is regretted least, by how much at worst and when; without a full stop."""
    language, choice = found.language, found.choice
    if len(found.arms) == 1:
        return say(language, "robust.lead.single")
    arm, scale = arm_words(found, found.arms[choice]), regret_scale(found)
    if all(best == choice for best in found.best):
        key = "robust.lead.best" if found.separated else "robust.lead.best_open"
        return say(language, key, arm=arm, all=len(found.playbooks))
    low, high = float(found.worst.low[choice]), float(found.worst.high[choice])
    words = {
        "arm": arm,
        "when": _when(found, found.worst_at[choice]),
        "regret": scale.change(float(found.worst.value[choice]), signed=False),
        "metric": metric_words(found),
    }
    if not math.isfinite(high):
        return say(language, "robust.lead.safe_open", **words)
    return say(
        language,
        "robust.lead.safe",
        **words,
        level=level_words(language, found.confidence),
        low=scale.number(low),
        high=scale.change(high, signed=False),
    )


def _when(found: RobustFindings, playbook: int) -> str:
    return say(found.language, "robust.when", playbook=book_words(found, found.playbooks[playbook].name))


def supporting_sentences(found: RobustFindings) -> tuple[str, ...]:
    """What the lead leaves out: how sure it is, the next strategy, and where another one is better."""
    if len(found.arms) == 1:
        return ()
    language, choice, scale = found.language, found.choice, regret_scale(found)
    told = []
    high = float(found.worst.high[choice])
    if all(best == choice for best in found.best) and math.isfinite(high) and high > 0:
        level = level_words(language, found.confidence)
        told.append(say(language, "robust.bound", high=scale.change(high, signed=False), level=level))
    if found.rivals:
        arms = say(language, "join.list").join(_quoted(found, arm) for arm in found.rivals)
        all_open = 1 < len(found.rivals) == len(found.arms) - 1
        told.append(say(language, "robust.open.all") if all_open else say(language, "robust.open.one", arms=arms))
        if math.isfinite(found.more_runs):
            told.append(say(language, "robust.open.runs", runs=about_words(found.more_runs)))
        elif not math.isfinite(high):
            told.append(say(language, "robust.open.few"))
    following = min((arm for arm in range(len(found.arms)) if arm != choice), key=lambda arm: found.worst.value[arm])
    regret = scale.change(float(found.worst.value[following]), signed=False)
    told.append(say(language, "robust.next", arm=arm_words(found, found.arms[following]), regret=regret))
    told += _other_bests(found)
    return tuple(told)


def _other_bests(found: RobustFindings) -> list[str]:
    """The strategies that are best under some playbook, where it is not always the one that is chosen."""
    if all(best == found.choice for best in found.best):
        return []
    listed: dict[int, list[str]] = {}
    for best, book in zip(found.best, found.playbooks, strict=True):
        listed.setdefault(best, []).append(say(found.language, "join.quote", text=book_words(found, book.name)))
    comma = say(found.language, "join.list")
    parts = [
        say(
            found.language,
            "robust.many_best.one",
            arm=arm_words(found, found.arms[arm]),
            playbooks=comma.join(books),
        )
        for arm, books in listed.items()
    ]
    if len(parts) == 1:
        return [say(found.language, "robust.many_best", list=parts[0])]
    return [say(found.language, "robust.many_best", list=say(found.language, "join.parts").join(parts))]


def _quoted(found: RobustFindings, arm: int) -> str:
    return say(found.language, "join.quote", text=arm_words(found, found.arms[arm]))


def notes(found: RobustFindings) -> tuple[str, ...]:
    """What was left out, and what the numbers of the playbooks rest on."""
    language = found.language
    comma = say(language, "join.list")
    told = []
    if found.replaced:
        told.append(say(language, "robust.note.replaced", paths=comma.join(printable(path) for path in found.replaced)))
    for name, why in found.left_out:
        told.append(say(language, "robust.note.left_out", playbook=book_words(found, name), why=printable(why)))
    if found.sources:
        counts = [
            say(language, "staff.numbers", number=number, source=say(language, f"source.{source}"))
            for source, number in found.sources.items()
        ]
        all_ = sum(found.sources.values())
        told.append(say(language, "robust.note.sources", all=all_, sources=comma.join(counts)))
    return tuple(told)


def value_note(found: RobustFindings) -> str:
    """How the table of values is to be read."""
    return say(
        found.language,
        "robust.note.how",
        metric=capital(metric_words(found)),
        n=found.replications,
        level=level_words(found.language, found.confidence),
    )


def regret_note(found: RobustFindings) -> str:
    """How the table of regrets is to be read."""
    return say(found.language, "robust.note.regret", level=level_words(found.language, found.confidence))


def signal_note(found: RobustFindings) -> str:
    """Where signs were looked for, and what makes one; or that there are too few runs to look."""
    language = found.language
    if found.replications < found.fewest_runs:
        return say(language, "robust.note.few", n=found.replications, fewest=found.fewest_runs)
    kpis = say(language, "join.list").join(kpi_label(language, kpi) for kpi in found.observed)
    return say(language, "robust.note.signals", arm=arm_words(found, found.watched), kpis=kpis)


def signal_sentences(found: RobustFindings) -> tuple[str, ...]:
    """Of each playbook, how it is told from all others, and how it is told that something has begun at all."""
    if found.replications < found.fewest_runs or not found.months:
        return ()
    return tuple(_signal_sentence(found, book.name) for book in found.playbooks if book.name != QUIET)


def _signal_sentence(found: RobustFindings, name: str) -> str:
    language, title = found.language, book_words(found, name)
    told, begun = found.signal(name), found.signal(name, QUIET)
    watched_quiet = any(book.name == QUIET for book in found.playbooks)
    parts = []
    if told is not None:
        right = math.floor(100 * told.right)
        rule, after = rule_words(found, told), after_words(found, told)
        parts.append(say(language, "robust.sign.all", rule=rule, after=after, playbook=title, right=right))
        if begun is not None and begun.month < told.month:
            parts.append(
                say(language, "robust.sign.quiet", rule=rule_words(found, begun), after=after_words(found, begun))
            )
    else:
        parts.append(say(language, "robust.sign.none", playbook=title, month=found.months[-1]))
        if begun is not None:
            parts.append(
                say(language, "robust.sign.quiet_only", rule=rule_words(found, begun), after=after_words(found, begun))
            )
        elif watched_quiet:
            parts.append(say(language, "robust.sign.nothing"))
    return say(language, "join.sentences").join(parts)


def after_words(found: RobustFindings, signal: Signal) -> str:
    """Which month of the playbook's own a signal falls into."""
    if signal.after < 1:
        return say(found.language, "robust.after.none")
    return say(found.language, "robust.after", after=signal.after)


def rule_words(found: RobustFindings, signal: Signal) -> str:
    """A rule as a planner can apply it: the figure, its limits with their unit, and the month."""
    language = found.language
    kpi = kpi_label(language, signal.kpi)
    if signal.scope != operator_scope(found.own):
        kpi = say(language, "robust.scope", kpi=kpi, scope=scope_words(found, signal.scope))
    limits = {"above": signal.above, "below": signal.below}
    texts = {key: limit_words(found, signal, value) for key, value in limits.items() if value is not None}
    key = "between" if len(texts) == 2 else next(iter(texts))
    when = say(language, "robust.in_month", month=signal.month)
    if signal.span > 1:
        when = say(language, "robust.in_months", span=signal.span, month=signal.month)
    return say(language, f"robust.rule.{key}", kpi=kpi, month=when, **texts)


def limit_words(found: RobustFindings, signal: Signal, limit: float) -> str:
    """A limit with all the digits that it has, which are few: limits are chosen round."""
    scale = fit_scale(found.language, signal.unit, [limit], [])
    shown = f"{limit * scale.factor:.8g}"
    decimals = len(shown.partition(".")[2]) if "e" not in shown else 0
    return Scale(found.language, signal.unit, scale.factor, min(6, decimals), scale.large).value(limit)
