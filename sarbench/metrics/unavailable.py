"""A score that cannot be computed on this machine: said so, never approximated under the same name."""

from sarbench.errors import SarbenchError


class UnavailableError(SarbenchError):
    """A program, package or word list that a score is defined by is not installed here."""
