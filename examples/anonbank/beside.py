"""Fit the call centre to its log, simulate it, and lay simulated waits and abandonment beside the observed ones.

    python examples/anonbank/beside.py PATH/anonbank_1999_01.txt

It writes the four parameter files into `params/`, `beside.csv` and `beside.png`; none of them is part of the project.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

import calibration
import scenarios
import sim

HERE = Path(__file__).parent
HALL = "bank"
MAPPING = "anonbank-queue"


def fit_all(log: Path, study: Path) -> list[calibration.Fit]:
    """Write `params/KIND.yaml` beside the study for every kind, from the calls that met the agents' queue."""
    folder = study.parent / "params"
    return [
        calibration.calibrate(kind, [log], mapping=MAPPING, hall=HALL, out=folder / f"{kind}.yaml")
        for kind in calibration.KINDS
    ]


def simulated(study: Path, replications: int) -> pd.DataFrame:
    """Simulate the study and return one row per half hour of arrival and one `all`, as `calibration.observed` does.

    Adds `waited_noise` and others of that kind: the standard deviation between replications, each as long as the log.
    """
    resolved = scenarios.load(study).resolve("baseline").study
    runs = [_by_half_hour(sim.simulate(resolved, number)) for number in range(replications)]
    stacked = pd.concat(runs, keys=range(replications), names=["replication", "period"])
    sums = stacked.groupby("period", sort=False).sum()
    days = sum(day.weekday() not in (4, 5) for day in pd.date_range(resolved.start, periods=resolved.days))
    table = _ratios(sums, days * replications)
    spread = pd.concat([_ratios(run, days) for run in runs], keys=range(replications)).groupby(level=1).std()
    for name in ("wait_mean_min", "abandoned_share", "waited_share"):
        table[f"{name}_noise"] = spread[name]
    return table


def _by_half_hour(kpis: pd.DataFrame) -> pd.DataFrame:
    mine = kpis[kpis["scope"] == f"hall/{HALL}"]
    times = mine[mine["period"].str.fullmatch(r"\d\d:\d\d") | (mine["period"] == "all")]
    total = times.assign(total=times["value"] * times["weight"]).pivot(index="period", columns="kpi", values="total")
    return total[["arrivals", "served", "abandoned", "wait_mean", "offered_wait_over_0min"]]


def _ratios(sums: pd.DataFrame, days: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "arrivals_per_day": sums["arrivals"] / days,
            "served": sums["served"],
            "abandoned": sums["abandoned"],
            "abandoned_share": sums["abandoned"] / (sums["served"] + sums["abandoned"]),
            "wait_mean_min": sums["wait_mean"] / sums["served"],
            "waited_share": sums["offered_wait_over_0min"] / sums["arrivals"],
        }
    )


def beside(observed: pd.DataFrame, simulation: pd.DataFrame) -> pd.DataFrame:
    """Return both tables side by side: `NAME observed` and `NAME simulated`, by half hour."""
    names = ("arrivals_per_day", "wait_mean_min", "abandoned_share", "waited_share")
    pairs = {
        f"{name} {kind}": frame[name]
        for name in names
        for kind, frame in (("observed", observed), ("simulated", simulation))
    }
    return pd.DataFrame(pairs).reindex(observed.index)


def draw(observed: pd.DataFrame, simulation: pd.DataFrame, out: Path) -> None:
    """Draw waits, abandonment and the share that waited, simulated over observed, with 95 % of the days' noise."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 8), layout="constrained")
    FigureCanvasAgg(figure)
    labels = {
        "wait_mean_min": "mean wait of served, min",
        "abandoned_share": "share that left",
        "waited_share": "share that had to wait",
    }
    periods = [period for period in observed.index if period != "all"]
    hours = [int(period[:2]) + int(period[3:]) / 60 + 0.25 for period in periods]
    for axes, (name, label) in zip(figure.subplots(3, 1, sharex=True), labels.items(), strict=True):
        ours, noise = simulation.loc[periods, name], 1.96 * simulation.loc[periods, f"{name}_noise"]
        axes.fill_between(
            hours, ours - noise, ours + noise, color="#0b6e99", alpha=0.2, linewidth=0, label="95 % of such months"
        )
        axes.plot(hours, ours, color="#0b6e99", label="simulated")
        axes.plot(hours, observed.loc[periods, name], "o", color="#4d4d4d", markersize=4, label="observed")
        axes.set(ylabel=label, ylim=(0, None))
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].legend(frameon=False)
    figure.axes[-1].set_xlabel("hour of day")
    figure.savefig(out, dpi=130)


def main() -> int:
    """Run the whole comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("log", type=Path, help="the call log, anonbank_1999_01.txt")
    parser.add_argument("--replications", type=int, default=6, help="simulated months (default 6)")
    asked = parser.parse_args()
    study = HERE / "study.yaml"
    try:
        for fit in fit_all(asked.log, study):
            print("\n".join(fit.lines()), end="\n\n")
        observed = calibration.observed([asked.log], mapping=MAPPING)
    except calibration.CalibrationError as error:
        print(error, file=sys.stderr)
        return 2
    simulation = simulated(study, asked.replications)
    table = beside(observed, simulation)
    print(f"observed and simulated ({asked.replications} months), by half hour of arrival")
    print(table.to_string(float_format=lambda value: f"{value:.3f}"))
    table.to_csv(HERE / "beside.csv", encoding="utf-8-sig")
    draw(observed, simulation, HERE / "beside.png")
    print(f"written: {HERE / 'beside.csv'}, {HERE / 'beside.png'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
