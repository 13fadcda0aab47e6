"""Words that several pages use."""

from collections.abc import Mapping
from types import MappingProxyType

from sarbench.answers.outcome import Outcome
from sarbench.board.chance import EXPLAINED as NOT_ABOVE_CHANCE_EXPLAINED
from sarbench.board.chance import NOT_ABOVE_CHANCE
from sarbench.board.judges import LOWER_BOUND

__all__ = [
    "CURVES",
    "LOWER_BOUND",
    "NOT_ABOVE_CHANCE",
    "NOT_ABOVE_CHANCE_EXPLAINED",
    "OUTCOME_MEANINGS",
    "SIMULATED",
    "SIMULATED_BY",
    "SPREADS",
    "further",
]

SIMULATED = "Simulated data: a demonstration, not a benchmark result"
SIMULATED_BY = "simulated by sarbench.simulate"

_FURTHER = "a further run of this model; the one begun first ranks"


def further(ranks_instead: str) -> str:
    """Say that another run of a model holds its rank, and which."""
    return f"{_FURTHER}: {ranks_instead}" if ranks_instead else _FURTHER


CURVES = (
    "The headline on images that were changed on purpose, from mild to strong, beside that of the same model on "
    "unchanged ones. It describes how a model bears worse images, and does not rank."
)
SPREADS = (
    "The headline of one model under several wordings of the same question. It tells how much the number hangs on the "
    "wording, and does not rank."
)

OUTCOME_MEANINGS: Mapping[Outcome, str] = MappingProxyType(
    {
        "ok": "The answer could be read in the form that was asked for.",
        "ambiguous": "It holds several answers that exclude each other. Scores 0.",
        "unparsable": "No answer of the kind asked for can be found in it. Scores 0.",
        "degenerate": "A box in it is none, such as one without area: it is a false positive, and the others score.",
        "out_of_range": "A box reaches more than half a pixel outside the image. Scored as given.",
        "empty": "Nothing was written. Scores 0.",
        "refused": "The model declined to answer. Scores 0.",
        "failed": "The harness, not the model, failed: left out of every denominator, and counted.",
    }
)
