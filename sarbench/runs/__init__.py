"""The run record, and scoring it."""
