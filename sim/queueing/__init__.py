"""Queueing formulas and exact chains: what a simulated hall must converge to."""
