"""One run of the model: clock, draws, order, rules, halls."""

from sim.errors import ModelError
from sim.run import ENGINE_VERSION, Engine, run_halls, simulate

__all__ = ["ENGINE_VERSION", "Engine", "ModelError", "run_halls", "simulate"]
