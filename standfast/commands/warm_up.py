"""`standfast show STUDY --warm-up`: the warm-up that the halls which never close need, from a few pilot runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from standfast.commands.exits import DONE, SOME_RUNS_FAILED, Refused, counted, print_json, say
from standfast.commands.run import load_study

if TYPE_CHECKING:
    from standfast.experiments.warm_up import WarmUp


def show_warm_up(study: str, arm: str | None, point: str | None, sets: Sequence[str], as_json: bool) -> int:
    """Print what to write into the study. Refuses where the study is too short to tell."""
    from scenarios.units import HOUR_US
    from sim import ModelError
    from standfast.experiments.warm_up import find_warm_up

    loaded = load_study(study, sets, arm, point)
    try:
        found = find_warm_up(loaded, arm, point)
    except ModelError as fault:
        say(f"error: the run failed: {fault}")
        return SOME_RUNS_FAILED
    if found.halls:
        say(f"from {counted(found.replications, 'pilot run')} of {loaded.name}, arm {found.arm}")
    if found.halls and found.text is None:
        raise _refusal(found)
    if as_json:
        cuts = [{"hall": hall.hall, "cut_h": (hall.cut_us or 0) / HOUR_US} for hall in found.halls]
        print_json(
            {
                "arm": found.arm,
                "replications": found.replications,
                "warm_up": f"{found.hours} h" if found.halls else None,
                "halls": cuts,
                "closing": found.closing,
            }
        )
        return DONE
    for hall in found.halls:
        print(f"hall {hall.hall}: MSER leaves out the first {(hall.cut_us or 0) / HOUR_US:g} h")
    for name in found.closing:
        print(f"hall {name}: closes at night and starts every day empty, no warm-up needed")
    if found.halls:
        print(f"\nwrite into the study:\n{found.text}")
        if len(loaded.arms) > 1 and arm is None:
            print("one warm-up holds for every arm: look at the busiest one too, with --arm")
    elif not found.closing:
        print("a study without halls: the market starts from the state that the study gives it")
    return DONE


def _refusal(found: WarmUp) -> Refused:
    short = [hall for hall in found.halls if hall.cut_us is None]
    told = "; ".join(f"hall {hall.hall}: {hall.too_short}" for hall in short)
    return Refused(f"the study is too short to tell its warm-up: {told}", "lengthen the horizon, for example by --set")
