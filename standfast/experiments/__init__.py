"""Experiments over many runs: plan, store, pool, comparison."""
