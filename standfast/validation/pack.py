"""The pack as a whole: every part in order, formulas first, because the rest rests on them."""

from __future__ import annotations

from standfast.validation.rows import Row
from standfast.validation.sampled import Progress


def validate(full: bool = False, workers: int | None = None, progress: Progress | None = None) -> tuple[Row, ...]:
    """Measure formulas, exact chain, halls, market, engines and draws against what is known; return a row each.

    The short pack takes about half a minute on two cores, `full` some minutes: its intervals are at most 2 % of a mean
    and 0.002 of a probability wide to either side, and each hall day is run 120,000 times. `workers` are processes, all
    cores if not given; 1 measures in this process. The same seeds every time, so a machine gives the same rows again.
    """
    from standfast.experiments.pool import cores
    from standfast.validation.chain import chain_checks, limit_rows
    from standfast.validation.draws import draw_rows, repeat_checks
    from standfast.validation.engines import engine_checks
    from standfast.validation.formulas import formula_rows
    from standfast.validation.machine import machine_rows
    from standfast.validation.market import market_checks
    from standfast.validation.sampled import run_checks
    from standfast.validation.steady import steady_checks

    known = [*formula_rows(), *limit_rows(), *draw_rows()]
    checks = [
        *repeat_checks(), *engine_checks(full), *steady_checks(full), *chain_checks(full), *market_checks(full)
    ]  # fmt: skip
    measured = run_checks(checks, cores() if workers is None else workers, progress)
    return (*known, *measured, *machine_rows())
