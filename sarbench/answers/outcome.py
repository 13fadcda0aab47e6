"""What may become of an answer."""

from typing import Literal, get_args

Outcome = Literal["ok", "ambiguous", "unparsable", "degenerate", "out_of_range", "empty", "refused", "failed"]
"""`failed` is the harness, not the model, and leaves every denominator; out-of-range boxes score as given; of
`degenerate` answers the boxes that are none count as false positives; every other outcome but `ok` scores 0."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
