"""M/PH/c exactly: Poisson arrivals, services that pass through exponential phases (Erlang, hyperexponential, mixtures).

State: number in the system, and how many busy counters are in each phase. Above c the levels repeat, so the queue is
matrix geometric. For a handful of counters and phases; a limit says when there are too many states.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.queueing.arguments import finite, positive, whole
from sim.queueing.general_service import MeanWait

Floats = NDArray[np.float64]

MOST_STATES = 1000


@dataclass(frozen=True)
class Phases:
    """A service: starts in phase i with probability start[i], leaves it at rate[i], then goes on to phase j with
    probability onward[i][j], or ends.

    Raises ValueError for shapes that differ, rates that are not positive and finite, chances that are negative, start
    that does not add to 1, and services that never end.
    """

    start: tuple[float, ...]
    rate: tuple[float, ...]
    onward: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        phases = len(self.rate)
        if phases == 0 or len(self.start) != phases or [len(row) for row in self.onward] != [phases] * phases:
            raise ValueError(f"{phases} phases need {phases} starts and {phases} × {phases} chances of going on")
        for rate in self.rate:
            positive("rate", rate)
        onward = np.array(self.onward)
        if not (min(self.start) >= 0 and abs(math.fsum(self.start) - 1) <= 1e-12):
            raise ValueError(f"start {self.start} must be chances that add to 1")
        if not ((onward >= 0).all() and (onward.sum(axis=1) <= 1 + 1e-12).all()):
            raise ValueError(f"onward {self.onward} must be chances that add to 1 at most in every row")
        if np.abs(np.linalg.eigvals(onward)).max() >= 1 - 1e-12:
            raise ValueError(
                f"onward {self.onward} keeps some services for ever: every cycle of phases needs a way out"
            )

    @property
    def mean(self) -> float:
        """Mean service time."""
        visits = np.linalg.solve(np.eye(len(self.rate)) - np.array(self.onward).T, np.array(self.start))
        return float((visits / np.array(self.rate)).sum())


def erlang_phases(mean: float, stages: int) -> Phases:
    """Erlang service: `stages` exponential phases one after the other. Raises ValueError for arguments out of range."""
    mean, stages = positive("mean", mean), whole("stages", stages, 1)
    onward = tuple(tuple(1.0 if j == i + 1 else 0.0 for j in range(stages)) for i in range(stages))
    return Phases((1.0,) + (0.0,) * (stages - 1), (stages / mean,) * stages, onward)


def hyperexponential_phases(mean: float, cv: float) -> Phases:
    """Two exponential branches that carry half of the mean each (balanced means). Raises ValueError unless cv ≥ 1."""
    mean, square = positive("mean", mean), finite("cv", cv) ** 2
    if square < 1:
        raise ValueError(f"cv {cv} of a hyperexponential law must be at least 1")
    first = 0.5 * (1.0 + math.sqrt((square - 1.0) / (square + 1.0)))
    none = ((0.0, 0.0), (0.0, 0.0))
    return Phases((first, 1.0 - first), (2 * first / mean, 2 * (1.0 - first) / mean), none)


def phase_type_queue(arrival_rate: float, service: Phases, counters: int) -> MeanWait:
    """M/PH/c: mean wait, mean queue and share that waits. Exact. Infinite at full load.

    Raises ValueError unless arrival_rate is finite and ≥ 0 and counters whole and ≥ 1, or beyond MOST_STATES.
    Source: Neuts (1981), Matrix-Geometric Solutions; Latouche & Ramaswami (1993), J. Appl. Probab. 30:650.

    >>> round(phase_type_queue(1.6, erlang_phases(1.0, 2), 2).mean_wait, 6)
    1.342391
    """
    arrivals, counters = finite("arrival_rate", arrival_rate), whole("counters", counters, 1)
    phases = len(service.rate)
    if math.comb(counters + phases - 1, phases - 1) > MOST_STATES:
        raise ValueError(f"{counters} counters of {phases} phases have more than {MOST_STATES} states")
    if arrivals * service.mean >= counters:
        return MeanWait(math.inf, math.inf, 1.0)
    if arrivals == 0:
        return MeanWait(0.0, 0.0, 0.0)
    levels = [_compositions(n, phases) for n in range(counters + 1)]
    last = levels[counters]
    up = arrivals * np.eye(len(last))
    local = _inside(last, service) - arrivals * np.eye(len(last))
    down = _completions(last, levels[counters - 1], service) @ _starts(levels[counters - 1], last, service)
    ratio = _rate_matrix(up, local, down)
    ratios = []
    outflow = local + ratio @ down
    for n in range(counters - 1, -1, -1):
        begin = arrivals * _starts(levels[n], levels[n + 1], service)
        ratios.append(begin @ np.linalg.inv(-outflow))
        leave = _completions(levels[n + 1], levels[n], service)
        outflow = _inside(levels[n], service) - arrivals * np.eye(len(levels[n])) + ratios[-1] @ leave
    masses = [np.ones(1)]
    for step in reversed(ratios):
        masses.append(masses[-1] @ step)
    beyond = np.linalg.inv(np.eye(len(last)) - ratio)
    waiting = float((masses[counters] @ beyond).sum())
    total = waiting + math.fsum(float(mass.sum()) for mass in masses[:-1])
    queue = float((masses[counters] @ ratio @ beyond @ beyond).sum()) / total
    return MeanWait(queue / arrivals, queue, waiting / total)


def _compositions(total: int, parts: int) -> list[tuple[int, ...]]:
    """All ways to have `total` busy counters in `parts` phases."""
    if parts == 1:
        return [(total,)]
    return [(first, *rest) for first in range(total + 1) for rest in _compositions(total - first, parts - 1)]


def _moved(state: Sequence[int], phase: int, by: int) -> tuple[int, ...]:
    return tuple(count + (by if i == phase else 0) for i, count in enumerate(state))


def _inside(level: list[tuple[int, ...]], service: Phases) -> Floats:
    """Rates of changing phase within a level; the diagonal holds all rates of leaving a phase."""
    at = {state: i for i, state in enumerate(level)}
    rates = np.zeros((len(level), len(level)))
    for state, i in at.items():
        for phase, count in enumerate(state):
            rates[i, i] -= count * service.rate[phase]
            for then, share in enumerate(service.onward[phase]):
                if count and share:
                    rates[i, at[_moved(_moved(state, phase, -1), then, 1)]] += count * service.rate[phase] * share
    return rates


def _completions(level: list[tuple[int, ...]], below: list[tuple[int, ...]], service: Phases) -> Floats:
    """Rates of ending a service, to the states with one busy counter fewer."""
    at = {state: i for i, state in enumerate(below)}
    rates = np.zeros((len(level), len(below)))
    for i, state in enumerate(level):
        for phase, count in enumerate(state):
            if count:
                ends = 1.0 - sum(service.onward[phase])
                rates[i, at[_moved(state, phase, -1)]] += count * service.rate[phase] * ends
    return rates


def _starts(level: list[tuple[int, ...]], above: list[tuple[int, ...]], service: Phases) -> Floats:
    """Probabilities of the phase in which the next service starts, to the states with one busy counter more."""
    at = {state: i for i, state in enumerate(above)}
    shares = np.zeros((len(level), len(above)))
    for i, state in enumerate(level):
        for phase, share in enumerate(service.start):
            shares[i, at[_moved(state, phase, 1)]] += share
    return shares


def _rate_matrix(up: Floats, local: Floats, down: Floats) -> Floats:
    """R of the matrix-geometric tail: first G by logarithmic reduction, then R = A₀(−A₁ − A₀G)⁻¹."""
    inverse = np.linalg.inv(-local)
    high, low = inverse @ up, inverse @ down
    g, climb = low.copy(), high.copy()
    while np.abs(1.0 - g.sum(axis=1)).max() > 1e-14 and np.abs(climb).max() > 1e-300:
        middle = np.linalg.inv(np.eye(len(local)) - high @ low - low @ high)
        high, low = middle @ high @ high, middle @ low @ low
        g += climb @ low
        climb = climb @ high
    return np.asarray(up @ np.linalg.inv(-local - up @ g), dtype=np.float64)
