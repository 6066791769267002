"""What a study does not know: its beliefs varied, what that does to the decision, and what to measure next."""
