"""Stationary queues with known answers: what was printed, where, and the exact value that our formulas have to meet.

The exact values were computed apart from this project, as sums in fractions or 60-digit decimals over the states of
each queue. Formulas are written out here in full, so that a row can be read beside its source.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.queueing.abandonment import erlang_a
from sim.queueing.erlang import erlang_b, erlang_b_load, erlang_c
from sim.queueing.finite import engset, mmck
from sim.queueing.general_service import constant_service, pollaczek_khinchine
from sim.queueing.heavy_traffic import garnett, halfin_whitt
from sim.queueing.network import jackson
from sim.queueing.priority import cobham, preemptive


@dataclass(frozen=True)
class Published:
    """One known answer. printed: the number as its source prints it, "" where the value is ours alone."""

    name: str
    source: str
    exact: float
    formula: Callable[[], float]
    printed: str = ""


HILLIER = "Hillier & Lieberman, Introduction to Operations Research, County Hospital"
GROSS = "Gross & Harris, Fundamentals of Queueing Theory"
ANDERSON = "Anderson, Sweeney & Williams, Burger Dome"
BANKS = "Banks et al., Discrete-Event System Simulation, Able and Baker"
GARNETT = "Garnett, Mandelbaum & Reiman 2002, table 1"
TABLE = "standard table of Erlang B"
OURS = "sum over the states, 60 digits"

HOSPITAL = (0.2, 0.6, 1.2)
"""Patients an hour of the three classes of County Hospital; a doctor sees three an hour."""


def _hillier_network() -> float:
    routing = ((0.0, 0.6, 0.3), (0.1, 0.0, 0.3), (0.4, 0.4, 0.0))
    return jackson((1.0, 4.0, 3.0), routing, (10.0, 10.0, 10.0), (1, 2, 1)).total_in_system


TRUTHS: tuple[Published, ...] = (
    Published("Erlang B, 1 erlang, 2 counters: lost", "Erlang 1917", 0.2, lambda: erlang_b(1, 2)),
    Published("Erlang B, 20 erlang, 30 counters: lost", OURS, 0.008457498340194705, lambda: erlang_b(20, 30)),
    Published("Erlang B, 10 counters: load at 1 %", TABLE, 4.461176857577692, lambda: erlang_b_load(0.01, 10), "4.46"),
    Published(
        "Erlang B, 20 counters: load at 1 %", TABLE, 12.030614594900944, lambda: erlang_b_load(0.01, 20), "12.03"
    ),
    Published("Erlang B, 10 counters: load at 2 %", TABLE, 5.084004630455149, lambda: erlang_b_load(0.02, 10), "5.08"),
    Published(
        "Erlang B, 100 counters: load at 1 %", TABLE, 84.06415889394775, lambda: erlang_b_load(0.01, 100), "84.1"
    ),
    Published("M/M/1, 0.75 and 1 a minute: queue", ANDERSON, 2.25, lambda: erlang_c(0.75, 1, 1).mean_queue, "2.25"),
    Published(
        "M/M/2, 0.75 and 1 a minute: queue", ANDERSON, 27 / 220, lambda: erlang_c(0.75, 1, 2).mean_queue, "0.1227"
    ),
    Published("M/M/2, 0.75 and 1 a minute: wait", ANDERSON, 9 / 55, lambda: erlang_c(0.75, 1, 2).mean_wait, "0.1636"),
    Published("M/M/1, 2 and 3 an hour: queue", HILLIER, 4 / 3, lambda: erlang_c(2, 3, 1).mean_queue),
    Published("M/M/2, 2 and 3 an hour: wait in hours", HILLIER, 1 / 24, lambda: erlang_c(2, 3, 2).mean_wait),
    Published(
        "M/M/3, 6 and 3 an hour: queue", f"{GROSS}, eye clinic", 8 / 9, lambda: erlang_c(6, 3, 3).mean_queue, "0.889"
    ),
    Published(
        "M/M/2, 80 and 50 an hour: share that waits",
        "Winston, Operations Research, bank tellers",
        32 / 45,
        lambda: erlang_c(80, 50, 2).p_wait,
        "0.71",
    ),
    Published(
        "Erlang C, 10 erlang, 14 counters: share that waits",
        "pyworkforce, read-me",
        0.17413193359504983,
        lambda: erlang_c(10 / 3, 1 / 3, 14).p_wait,
        "0.17413",
    ),
    Published(
        "Erlang C, 48 erlang, 50 counters: wait in seconds",
        GARNETT,
        20.83366833590503,
        lambda: 60 * erlang_c(48, 1, 50).mean_wait,
        "20.8",
    ),
    Published(
        "Erlang A, the same, patience 2 min: abandon",
        GARNETT,
        0.030912249162193216,
        lambda: erlang_a(48, 1, 0.5, 50).p_abandon,
        "0.031",
    ),
    Published(
        "Erlang A, the same, patience 2 min: wait in seconds",
        GARNETT,
        3.709469899463186,
        lambda: 60 * erlang_a(48, 1, 0.5, 50).mean_wait,
        "3.7",
    ),
    Published(
        "Erlang A, 10 erlang, 14 counters: abandon",
        "pyworkforce, tests",
        0.013983744122408938,
        lambda: erlang_a(10 / 3, 1 / 3, 1 / 5, 14).p_abandon,
        "0.013984",
    ),
    Published(
        "Erlang A, 20 and 6 an hour, 3 counters: queue",
        OURS,
        1.2096563025581162,
        lambda: erlang_a(20, 6, 4, 3).mean_queue,
    ),
    Published(
        "M/M/1/3, 2 and 3 an hour: empty", HILLIER, 27 / 65, lambda: float(mmck(2, 3, 1, 3).probabilities[0]), "0.415"
    ),
    Published(
        "M/M/1/3, 2 and 3 an hour: in system", HILLIER, 66 / 65, lambda: mmck(2, 3, 1, 3).mean_in_system, "1.015"
    ),
    Published(
        "M/M/3/7, 1 and 1/6 a minute: in system",
        f"{GROSS}, vehicle inspection",
        6.063102541630149,
        lambda: mmck(1, 1 / 6, 3, 7).mean_in_system,
        "6.06",
    ),
    Published(
        "Engset, 4 sources, 2 counters: lost", "sum over the states, in fractions", 3 / 13, lambda: engset(4, 0.5, 2)
    ),
    Published(
        "M/G/1, service 24 ± 20 min: queue",
        BANKS,
        2.44 / 0.9,
        lambda: pollaczek_khinchine(1 / 30, 24, 20 / 24).mean_queue,
        "2.711",
    ),
    Published(
        "M/G/1, service 25 ± 2 min: queue",
        BANKS,
        629 / 300,
        lambda: pollaczek_khinchine(1 / 30, 25, 2 / 25).mean_queue,
        "2.097",
    ),
    Published(
        "M/D/2, load 0.5 a counter: share that waits",
        "Seelen, Tijms & van Hoorn 1985",
        0.32325894288715956,
        lambda: constant_service(1, 1, 2).p_wait,
        "0.3233",
    ),
    Published(
        "priority, first of three classes: wait in hours",
        f"Cobham 1954; {HILLIER}",
        5 / 21,
        lambda: cobham(HOSPITAL, 3, 1)[0],
        "0.238",
    ),
    Published(
        "priority, second of three classes: wait in hours",
        f"Cobham 1954; {HILLIER}",
        25 / 77,
        lambda: cobham(HOSPITAL, 3, 1)[1],
        "0.325",
    ),
    Published(
        "priority, two doctors, third class: wait in hours",
        f"Cobham 1954; {HILLIER}",
        5 / 104,
        lambda: cobham(HOSPITAL, 3, 2)[2],
        "0.048",
    ),
    Published(
        "preemption, second of three classes: wait in hours",
        f"White & Christie 1958; {HILLIER}",
        71 / 462,
        lambda: preemptive(HOSPITAL, 3)[1],
        "0.154",
    ),
    Published(
        "Jackson network of three: in system",
        "Hillier & Lieberman, section on Jackson networks",
        16 / 3,
        _hillier_network,
    ),
    Published(
        "many counters, β = 1: share that waits",
        "Halfin & Whitt 1981",
        0.22336127479826076,
        lambda: halfin_whitt(1),
        "0.223",
    ),
    Published(
        "many counters, β = 0, equal rates: share that waits",
        "Garnett, Mandelbaum & Reiman 2002",
        0.5,
        lambda: garnett(0, 1),
    ),
)
