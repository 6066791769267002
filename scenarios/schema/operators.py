"""Who is in the market: how many people there are and are simulated, the operators, and their brands."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from scenarios.schema.amounts import People, Simulated
from scenarios.schema.fields import Factor
from scenarios.schema.names import Named, Titled
from scenarios.schema.parts import Fault, Part, refusal

NO_OPERATOR = "none"
"""Operator of people without a number, in flows and results; no operator can have this name."""


class Population(Part):
    """How many people there are, and how many of them are simulated."""

    size: People
    simulate: Simulated

    @property
    def weight(self) -> float:
        """People that one simulated subscriber stands for."""
        return self.size / self.simulate

    @model_validator(mode="after")
    def _enough(self) -> Population:
        if self.simulate > self.size:
            message = f"{self.simulate:,} simulated subscribers are more than the {self.size:,.0f} people there are"
            raise refusal([Fault("range", message, "simulate at most `size` people", ("simulate",))])
        return self


class Brand(Titled):
    """A brand of an operator's plans."""


class Operator(Titled):
    """An operator: the quality of its network (a plain factor of utility) and its brands."""

    network: Factor = 1.0
    brands: Annotated[dict[str, Brand], Named] = Field(default_factory=dict)
