"""Kinds of question: for each, what its answer is held against, how it is scored, and which numbers come of it."""
