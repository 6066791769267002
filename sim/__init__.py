"""One run of the model: clock, draws, order, rules, halls."""
