"""One run of the model: clock, draws, order, rules, halls, market."""

from sim.errors import ModelError
from sim.market.lives import diary, fates
from sim.run import ENGINE_VERSION, Engine, run_halls, simulate

__all__ = ["ENGINE_VERSION", "Engine", "ModelError", "diary", "fates", "run_halls", "simulate"]
