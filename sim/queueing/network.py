"""Open networks of halls in steady state (Jackson), and a counter that breaks down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.queueing.arguments import finite, positive
from sim.queueing.erlang import erlang_c


@dataclass(frozen=True)
class Network:
    """Steady state of an open Jackson network: by node, arrival rate and mean number in the system."""

    arrival_rates: tuple[float, ...]
    mean_in_system: tuple[float, ...]

    @property
    def total_in_system(self) -> float:
        """Mean number in the whole network."""
        return math.fsum(self.mean_in_system)


def jackson(
    arrival_rates: Sequence[float],
    routing: Sequence[Sequence[float]],
    service_rates: Sequence[float],
    counters: Sequence[int],
) -> Network:
    """Open network of M/M/c nodes: Poisson arrivals from outside, `routing[i][j]` = share that goes from i to j.

    Each node behaves as M/M/c at its own total rate. A node at full load holds infinitely many. Raises ValueError for
    shapes that differ, shares that are negative or add to more than 1, and customers who never leave.
    Source: Jackson (1957), Oper. Res. 5:518.

    >>> round(jackson([1.0, 0.0], [[0, 0.5], [0, 0]], [2.0, 2.0], [1, 1]).total_in_system, 6)
    1.333333
    """
    outside = np.array([finite("arrival_rates", rate) for rate in arrival_rates])
    shares = np.array(routing, dtype=float)
    nodes = len(outside)
    if shares.shape != (nodes, nodes) or len(service_rates) != nodes or len(counters) != nodes:
        raise ValueError(f"{nodes} nodes need {nodes} × {nodes} shares, {nodes} service rates and {nodes} counters")
    if not (shares >= 0).all() or (shares.sum(axis=1) > 1 + 1e-12).any():
        raise ValueError("routing shares must not be negative nor add to more than 1 from any node")
    if nodes and np.abs(np.linalg.eigvals(shares)).max() >= 1 - 1e-12:
        raise ValueError("routing keeps some customers for ever: every cycle of nodes needs a way out")
    rates = np.linalg.solve(np.eye(nodes) - shares.T, outside)
    numbers = []
    for rate, service, count in zip(np.maximum(rates, 0.0), service_rates, counters, strict=True):
        found = erlang_c(float(rate), service, count)
        numbers.append(found.mean_queue + float(rate) / service if found.mean_wait < math.inf else math.inf)
    return Network(tuple(float(rate) for rate in rates), tuple(numbers))


def breakdowns(arrival_rate: float, service_rate: float, failure_rate: float, repair_rate: float) -> float:
    """Mean number in M/M/1 whose counter fails at `failure_rate`, idle or not, and is repaired at `repair_rate`.

    The interrupted service is resumed. Infinite if the counter is up for less than the load. Raises ValueError unless
    arrival_rate and failure_rate are finite and ≥ 0, the others positive and finite. Source: White & Christie (1958);
    Avi-Itzhak & Naor (1963), Oper. Res. 11:303.

    >>> round(breakdowns(0.5, 1.0, 0.1, 1.0), 6)
    1.323232
    """
    arrivals, service = finite("arrival_rate", arrival_rate), positive("service_rate", service_rate)
    fails, repairs = finite("failure_rate", failure_rate), positive("repair_rate", repair_rate)
    both = fails + repairs
    spare = repairs * (service - arrivals) - arrivals * fails
    if spare <= 0:
        return math.inf
    return arrivals * (both**2 + service * fails) / (both * spare)
