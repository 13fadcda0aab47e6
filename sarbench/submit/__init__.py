"""From a run to the leaderboard: what may stand there, and how it gets there whole."""

from sarbench.submit.submission import Submission, submit_run

__all__ = ["Submission", "submit_run"]
