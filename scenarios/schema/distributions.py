"""Laws of a random duration: what a study may write under `service`, `patience` or `takes`. It draws nothing."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from scenarios.schema.fields import Duration, Durations, PositiveDuration, PositiveVariation, Variation, Weights, whole
from scenarios.schema.parts import Fault, Part, refusal


class _ByMean(Part):
    mean_us: PositiveDuration = Field(alias="mean")

    @property
    def average_us(self) -> float:
        """Mean in microseconds."""
        return float(self.mean_us)


class Exponential(_ByMean):
    """Exponential law; `mean_us` in microseconds."""

    dist: Literal["exponential"]


class Deterministic(_ByMean):
    """Always the same duration."""

    dist: Literal["deterministic"]


class Lognormal(_ByMean):
    """Lognormal law, by its mean and coefficient of variation."""

    dist: Literal["lognormal"]
    cv: PositiveVariation


class Gamma(_ByMean):
    """Gamma law, by its mean and coefficient of variation."""

    dist: Literal["gamma"]
    cv: PositiveVariation


class Erlang(_ByMean):
    """Sum of `stages` exponential stages of equal mean; `mean_us` is the mean of the sum."""

    dist: Literal["erlang"]
    stages: Annotated[int, whole(1, 1_000)]


class Weibull(_ByMean):
    """Weibull law, by its mean and coefficient of variation."""

    dist: Literal["weibull"]
    cv: PositiveVariation


class Hyperexponential(_ByMean):
    """Mixture of two exponentials with balanced means; the coefficient of variation is at least 1."""

    dist: Literal["hyperexponential"]
    cv: Variation

    @model_validator(mode="after")
    def _wide_enough(self) -> Hyperexponential:
        if self.cv < 1:
            raise refusal(
                [
                    Fault(
                        "range",
                        f"a hyperexponential law has cv of at least 1, not {self.cv:g}",
                        "use gamma or lognormal",
                        ("cv",),
                    )
                ]
            )
        return self


class Uniform(Part):
    """Uniform law from `min_us` to `max_us`."""

    dist: Literal["uniform"]
    min_us: Duration = Field(alias="min")
    max_us: PositiveDuration = Field(alias="max")

    @property
    def average_us(self) -> float:
        """Mean in microseconds."""
        return (self.min_us + self.max_us) / 2

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.max_us <= self.min_us:
            raise refusal([Fault("order", "`max` is not above `min`", "give the larger time as `max`", ("max",))])
        return self


class Triangular(Part):
    """Triangular law with its mode between the ends."""

    dist: Literal["triangular"]
    min_us: Duration = Field(alias="min")
    mode_us: Duration = Field(alias="mode")
    max_us: PositiveDuration = Field(alias="max")

    @property
    def average_us(self) -> float:
        """Mean in microseconds."""
        return (self.min_us + self.mode_us + self.max_us) / 3

    @model_validator(mode="after")
    def _ordered(self) -> Triangular:
        if not self.min_us <= self.mode_us <= self.max_us or self.min_us == self.max_us:
            raise refusal([Fault("order", "`min` ≤ `mode` ≤ `max` does not hold", "order the three times", ("mode",))])
        return self


class Empirical(Part):
    """Observed durations, equally likely unless `weights` are given."""

    dist: Literal["empirical"]
    values_us: Durations = Field(alias="values")
    weights: Weights | None = None

    @property
    def average_us(self) -> float:
        """Mean in microseconds."""
        weights = self.weights or (1.0,) * len(self.values_us)
        return sum(value * weight for value, weight in zip(self.values_us, weights, strict=True)) / sum(weights)

    @model_validator(mode="after")
    def _matched(self) -> Empirical:
        if not self.values_us:
            raise refusal(
                [Fault("empty", "an empirical law needs at least one value", "list the durations", ("values",))]
            )
        if self.weights is not None and len(self.weights) != len(self.values_us):
            message = f"{len(self.weights)} weights stand for {len(self.values_us)} values"
            raise refusal([Fault("length", message, "give one weight for each value", ("weights",))])
        if self.weights is not None and sum(self.weights) <= 0:
            raise refusal([Fault("positive", "the weights sum to 0", "make one weight positive", ("weights",))])
        return self


Distribution = Annotated[
    Exponential
    | Deterministic
    | Lognormal
    | Gamma
    | Erlang
    | Weibull
    | Hyperexponential
    | Uniform
    | Triangular
    | Empirical,
    Field(discriminator="dist"),
]

LAWS: dict[str, type[Part]] = {
    "exponential": Exponential,
    "deterministic": Deterministic,
    "lognormal": Lognormal,
    "gamma": Gamma,
    "erlang": Erlang,
    "weibull": Weibull,
    "hyperexponential": Hyperexponential,
    "uniform": Uniform,
    "triangular": Triangular,
    "empirical": Empirical,
}
"""Laws by the word under `dist`."""
