"""Experiments over many runs: plan, store, pool, statistics, comparison.

Import the modules by name; this package loads nothing itself, so that a worker starts quickly.
"""
