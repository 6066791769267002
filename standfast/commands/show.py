"""`standfast show`: a study as it is understood, and which file and line set each value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from standfast.commands.exits import DONE, print_json
from standfast.commands.run import load_study

if TYPE_CHECKING:
    from scenarios import LoadedStudy, Origin

LONGEST_VALUE = 60
"""Longer values are cut in the list of origins."""


def show_study(
    study: str, arm: str | None, point: str | None, why: bool, kpis: bool, sets: Sequence[str], as_json: bool
) -> int:
    """Print what an arm (the baseline if none is named) sees at a sweep point (the first one)."""
    loaded = load_study(study, sets, arm, point)
    if kpis:
        return _show_kpis(loaded, as_json)
    arm, point = arm or loaded.compare.baseline, point or loaded.points[0].name
    resolved = loaded.resolve(arm, point)
    if why:
        origins = loaded.explain(arm, point)
        if as_json:
            print_json([asdict(origin) for origin in origins])
        else:
            print("\n".join(_origin_line(origin) for origin in origins))
    elif as_json:
        print_json(resolved.model_parts)
    else:
        print(loaded.resolved_yaml(arm, point), end="")
    return DONE


def _origin_line(origin: Origin) -> str:
    value = origin.value if len(origin.value) <= LONGEST_VALUE else origin.value[: LONGEST_VALUE - 1] + "…"
    place = f"{origin.file}:{origin.line}" if origin.line else ""
    over = f", over {', '.join(origin.shadowed)}" if origin.shadowed else ""
    return f"{origin.path}: {value}   # {' '.join(part for part in (place, f'({origin.how})') if part)}{over}"


def _show_kpis(loaded: LoadedStudy, as_json: bool) -> int:
    from scenarios.kpis import KPIS, find_kpi, offered_wait_kpi
    from scenarios.metrics import scopes

    study = loaded.resolve(loaded.compare.baseline, loaded.points[0].name).study
    thresholds = {us for hall in study.halls.values() for us in hall.offered_wait_thresholds_us}
    names = [*KPIS, *(offered_wait_kpi(us) for us in sorted(thresholds))]
    found = [kpi for kpi in map(find_kpi, names) if kpi is not None]
    if as_json:
        print_json({"kpis": [asdict(kpi) for kpi in found], "scopes": scopes(study)})
        return DONE
    for kpi in found:
        unit = "share" if kpi.unit == "1" else kpi.unit
        print(f"{kpi.name:<{max(map(len, names))}}  {unit:<9}  {kpi.meaning}")
    print(f"\nscopes: {', '.join(scopes(study))}")
    print(
        "periods: all, a month such as 2010-07, a half hour such as 09:30 (of halls also mon-09:30), mon to sun, busy, "
        "idle, month_end"
    )
    print("write kpi, kpi@scope or kpi@scope@period, for example wait_mean@hall/NAME@mon")
    return DONE
