"""Modules for `evaluate.load`: a folder with a script of the same name for each kind of question."""
