"""Exponential and lognormal durations of many entities in one pass: drawn, inverted and rounded in compiled loops.

Logarithms and exponentials are estimated here, many at a time, to within a few units in the last place. A duration is
a whole number of µs, so nearly every estimate tells it for certain; the rows of the others, which lie too close to the
middle between two, are handed back and follow from `sim.variates`. So results are those of `sim.variates`, to the bit:
a test holds both equal. Importing this module imports numba; the machine code is cached on disk.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from sim.compiled_draws import block, uniform_of
from sim.compiling import cached

# a call, or a check that nothing is divided by 0, would keep loops from being vectorised
_jit = cached(error_model="numpy")
_inlined = njit(nogil=True, error_model="numpy", inline="always")

_CHUNK = 512
_ROUNDER = 2.0**52
"""Added to a number from 0 up to 2**51 and taken off again, it rounds it to a whole one, halves to even."""
_LARGEST = 2.0**45
"""Larger durations are left to `sim.variates`."""

_ROOT_HALF = 0x3FE6A09E667F3BCD
_ONE_LESS_ROOT_HALF = 0x3FF0000000000000 - _ROOT_HALF
_FRACTION = (1 << 52) - 1
_LN2_HIGH, _LN2_LOW, _LOG2_E = 6.93147180369123816490e-01, 1.90821492927058770002e-10, 1.4426950408889634


@_inlined
def _log_of_parts(exponent, less_one):  # type: ignore[no-untyped-def]
    """Logarithm of 2**exponent × (1 + less_one), the latter factor from √½ to √2; fdlibm's e_log.c (Sun, 1993)."""
    s = less_one / (2.0 + less_one)
    z = s * s
    tail = 1.531383769920937332e-01 + z * 1.479819860511658591e-01
    tail = 2.222219843214978396e-01 + z * (1.818357216161805012e-01 + z * tail)
    tail = z * (6.666666666666735130e-01 + z * (3.999999999940941908e-01 + z * (2.857142874366239149e-01 + z * tail)))
    half_square = 0.5 * less_one * less_one
    return exponent * _LN2_HIGH - ((half_square - (s * (half_square + tail) + exponent * _LN2_LOW)) - less_one)


@_jit
def _logs(values, ones, exponents, found, size):  # type: ignore[no-untyped-def]
    """Fill `found` with the logarithms of `values` from 0 to 1; the others are scratch space.

    No array is read in the loop that writes into it under another type: such a loop would not be vectorised.
    """
    bits, ones_bits = values.view(np.int64), ones.view(np.int64)
    for n in range(size):
        shifted = bits[n] + _ONE_LESS_ROOT_HALF
        ones_bits[n] = (shifted & _FRACTION) + _ROOT_HALF
        exponents[n] = (shifted >> 52) - 1023
    for n in range(size):
        found[n] = _log_of_parts(float(exponents[n]), ones[n] - 1.0)


@_inlined
def _normal_centre(q):  # type: ignore[no-untyped-def]
    """Standard normal quantile of ½ + q for |q| ≤ 0.425; Wichura 1988, AS 241."""
    r = 0.180625 - q * q
    over = r * 2509.0809287301226727 + 33430.575583588128105
    over = ((over * r + 67265.770927008700853) * r + 45921.953931549871457) * r + 13731.693765509461125
    over = ((over * r + 1971.5909503065514427) * r + 133.14166789178437745) * r + 3.387132872796366608
    under = r * 5226.495278852545925 + 28729.085735721942674
    under = ((under * r + 39307.89580009271061) * r + 21213.794301586595867) * r + 5394.1960214247511077
    under = ((under * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1.0
    return q * over / under


@_inlined
def _normal_tail(log_p):  # type: ignore[no-untyped-def]
    """Minus the standard normal quantile of p, from the logarithm of p, for p from 1.4e-11 to 0.075; AS 241."""
    r = np.sqrt(-log_p) - 1.6
    over = r * 7.7454501427834140764e-4 + 0.0227238449892691845833
    over = ((over * r + 0.24178072517745061177) * r + 1.27045825245236838258) * r + 3.64784832476320460504
    over = ((over * r + 5.7694972214606914055) * r + 4.6303378461565452959) * r + 1.42343711074968357734
    under = r * 1.05075007164441684324e-9 + 5.475938084995344946e-4
    under = ((under * r + 0.0151986665636164571966) * r + 0.14810397642748007459) * r + 0.68976733498510000455
    under = ((under * r + 1.6763848301838038494) * r + 2.05319162663775882187) * r + 1.0
    return over / under


@_inlined
def _exponential(x, rounded):  # type: ignore[no-untyped-def]
    """e to the power of x, apart from the factor 2**rounded; `rounded` is x / log 2 as a whole number."""
    r = (x - rounded * _LN2_HIGH) - rounded * _LN2_LOW
    series = 1.0 + r * (1 / 10 + r * (1 / 110 + r * (1 / 1320)))
    series = 1.0 + r * (1 / 6 + r * (1 / 42 + r * (1 / 336 + r * (1 / 3024) * series)))
    return 1.0 + r * (1.0 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120) * series))))


@_jit
def _rounded(estimates, size, off, first, found, unsure, doubts):  # type: ignore[no-untyped-def]
    """Round estimates that are off by a factor 1 ± `off` at most; note the rows of those that might round otherwise."""
    doubtful = 0
    for n in range(size):
        duration_us = estimates[n]
        whole_us = (duration_us + _ROUNDER) - _ROUNDER
        found[n] = np.int64(max(whole_us, 1.0))
        doubtful += (abs(duration_us - whole_us) >= 0.5 - off * duration_us) | (duration_us > _LARGEST)
    if doubtful:
        for n in range(size):
            duration_us = estimates[n]
            whole_us = (duration_us + _ROUNDER) - _ROUNDER
            if (abs(duration_us - whole_us) >= 0.5 - off * duration_us) | (duration_us > _LARGEST):
                unsure[doubts] = first + n
                doubts += 1
    return doubts


@_jit
def exponentials(  # type: ignore[no-untyped-def]
    who, purpose, index, seed, replication, kind, means_us, found, unsure
):
    """Fill `found` with exponential durations of mean `means_us[kind]`; returns how many rows stand in `unsure`.

    `who` and `index` are uint64 vectors; `kind` has one row for all entities or one for each.
    """
    u, ones, exponents = np.empty(_CHUNK), np.empty(_CHUNK), np.empty(_CHUNK, np.int64)
    values, every, doubts = np.empty(_CHUNK), kind.size > 1, 0
    for first in range(0, who.size, _CHUNK):
        size = min(_CHUNK, who.size - first)
        end = first + size
        ours, indices, durations, kinds = who[first:end], index[first:end], found[first:end], kind[first:end]
        for n in range(size):
            c0, c1, _, _ = block(ours[n], purpose, indices[n], seed, replication)
            u[n] = 1.0 - uniform_of(c0, c1)
        _logs(u, ones, exponents, values, size)
        if every:
            for n in range(size):
                values[n] *= -means_us[kinds[n]]
        else:
            for n in range(size):
                values[n] *= -means_us[0]
        doubts = _rounded(values, size, 2.0**-48, first, durations, unsure, doubts)
    return doubts


@_jit
def lognormals(  # type: ignore[no-untyped-def]
    who, purpose, index, seed, replication, kind, mus, sigmas, found, unsure
):
    """Fill `found` with lognormal durations, e to the power of a normal variate; otherwise as `exponentials`."""
    u, nearer, logs, ones = np.empty(_CHUNK), np.empty(_CHUNK), np.empty(_CHUNK), np.empty(_CHUNK)
    exponents, values, every, doubts = np.empty(_CHUNK, np.int64), np.empty(_CHUNK), kind.size > 1, 0
    bits = values.view(np.int64)
    for first in range(0, who.size, _CHUNK):
        size = min(_CHUNK, who.size - first)
        end = first + size
        ours, indices, durations, kinds = who[first:end], index[first:end], found[first:end], kind[first:end]
        for n in range(size):
            c0, c1, _, _ = block(ours[n], purpose, indices[n], seed, replication)
            u[n] = uniform_of(c0, c1)
            nearer[n] = min(u[n], 1.0 - u[n])
        _logs(nearer, ones, exponents, logs, size)
        for n in range(size):
            q = u[n] - 0.5
            tail = _normal_tail(logs[n])
            normal = _normal_centre(q) if abs(q) <= 0.425 else (tail if q > 0.0 else -tail)
            # beyond the tail's range: so long that it is left to `sim.variates`
            u[n] = normal if logs[n] > -25.0 else np.inf
        if every:
            for n in range(size):
                u[n] = mus[kinds[n]] + sigmas[kinds[n]] * u[n]
        else:
            for n in range(size):
                u[n] = mus[0] + sigmas[0] * u[n]
        for n in range(size):
            x = min(max(u[n], -1.0), 40.0)
            rounded = (x * _LOG2_E + 1.5 * _ROUNDER) - 1.5 * _ROUNDER
            values[n] = _exponential(x, rounded)
            exponents[n] = np.int64(rounded) << 52
        for n in range(size):
            bits[n] += exponents[n]
        doubts = _rounded(values, size, 2.0**-42, first, durations, unsure, doubts)
    return doubts
