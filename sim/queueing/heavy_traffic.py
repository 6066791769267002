"""Many counters near full load: the limits of Halfin–Whitt (everybody waits) and Garnett (customers leave).

Counters = load + β·√load. Good to a few per cent from about 20 counters on; the exact formulas are as quick, so use
these to see how a requirement scales.
"""

from __future__ import annotations

import math

from scipy.special import erfcx

from sim.queueing.arguments import positive


def _hazard(x: float) -> float:
    """Hazard rate of the normal law, φ(x)/(1 − Φ(x)), without cancellation."""
    found = float(erfcx(x / math.sqrt(2.0)))
    return math.sqrt(2.0 / math.pi) / found if found < math.inf else 0.0


def halfin_whitt(beta: float) -> float:
    """P(wait) of M/M/c in the limit, by the spare counters β in units of √load; 1 for β ≤ 0 (no steady state).

    Raises ValueError if beta is NaN. Source: Halfin & Whitt (1981), Oper. Res. 29:567.

    >>> round(halfin_whitt(1.0), 4)
    0.2234
    """
    if math.isnan(beta):
        raise ValueError("beta must be a number, not NaN")
    if beta <= 0:
        return 1.0
    hazard = _hazard(-beta)
    return hazard / (hazard + beta)


def garnett(beta: float, patience_ratio: float) -> float:
    """P(wait) of M/M/c+M in the limit; patience_ratio = abandonment rate ÷ service rate, β any sign.

    Raises ValueError if beta is NaN or the ratio not positive and finite. Source: Garnett, Mandelbaum & Reiman (2002).

    >>> garnett(0.0, 1.0)
    0.5
    """
    if math.isnan(beta):
        raise ValueError("beta must be a number, not NaN")
    root = math.sqrt(positive("patience_ratio", patience_ratio))
    if beta == -math.inf:
        return 1.0
    below = _hazard(-beta)
    return below / (below + root * _hazard(beta / root)) if below > 0 else 0.0
