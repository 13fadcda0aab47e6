"""A cheap look at a text before a dear pattern: is any word there without which it cannot match?"""

from collections.abc import Iterable


def may_hold(text: str, words: Iterable[str]) -> bool:
    """Tell whether any of some words, in lower case, may stand in a text, in whatever case.

    Beyond ASCII the answer is always yes: ignoring case, patterns take letters for others there.

    >>> may_hold("There are NO ships", ("no", "zero")), may_hold("Two ships", ("no", "zero"))
    (True, False)
    """
    if not text.isascii():
        return True
    return any(map(text.lower().__contains__, words))
