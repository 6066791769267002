"""Rules of the model as pure scalar functions, called by every engine."""
