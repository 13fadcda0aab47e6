"""The version of the rules by which answers are read."""

ANSWERS_VERSION = "2"
"""Raised with every change of a reading: what value, outcome or rule any answer gets. A run keeps it beside its scores,
so that scores made by different readings are never put side by side. "1" stands for all versions before it was kept."""
