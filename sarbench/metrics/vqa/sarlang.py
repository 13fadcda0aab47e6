"""The published rule of SARLANG-1M's question answering, with its quirks.

Source: `Evaluate_VQA.py` of GitHub Jimmyxichen/SARLANG-1M; VRSBench's evaluation notebook has the same rules in the
same order. Both texts are put into lower case and nothing else is done to them, so a final full stop in the truth
defeats the first two rules, "no" is found in "unknown" and "car" in "cargo". Where no rule decides, the paper asks
gpt-4o-mini; here the answer stays undecided.
"""

from typing import Literal, get_args

from sarbench.metrics.vqa.verdict import Verdict, check_text

Rule = Literal["substring", "closed", "judge"]

RULES: tuple[Rule, ...] = get_args(Rule)
"""In the order in which they are tried."""

_CLOSED = frozenset({"yes", "no", *(str(number) for number in range(100))})


def judge(prediction: str | None, truth: str) -> Verdict:
    """Judge one answer by the paper's rules, the first that applies.

    - `substring`: the truth stands anywhere in the prediction: right;
    - `closed`: the truth is "yes", "no" or one of "0" to "99": right only if both are equal, which can no longer be;
    - `judge`: undecided, the paper's language model would be asked.

    Args:
        prediction: The model's text; None, an answer that is missing, is judged as the empty text.
        truth: The accepted answer as the file has it. An empty one is part of every prediction.

    Returns:
        The verdict; accuracy (0..1, higher is better) is the share of right ones among all, undecided ones included.

    Raises:
        InputError: One of them is no text.

    >>> [judge(said, "no").correct for said in ("No.", "unknown", "yes")], judge("yes", "yes.").correct
    ([True, True, False], None)
    """
    check_text(prediction, truth)
    said, true = (prediction or "").lower(), truth.lower()
    if true in said:
        return Verdict(correct=True, rule="substring")
    if true in _CLOSED:
        return Verdict(correct=said == true, rule="closed")
    return Verdict(correct=None, rule="judge")


def which_rule(prediction: str | None, truth: str) -> Rule:
    """Return the rule that decides an answer, so that a run can say how many answers each rule decided.

    >>> which_rule("Two ships", "two"), which_rule("three", "3"), which_rule("upper left", "top left")
    ('substring', 'closed', 'judge')
    """
    name = judge(prediction, truth).rule
    return next(rule for rule in RULES if rule == name)
