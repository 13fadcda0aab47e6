"""Scores as pure functions of values: no I/O."""
