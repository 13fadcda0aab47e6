"""English words for whole numbers, from "zero" to "nine hundred ninety-nine thousand …", and what they are worth."""

_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {word: value for value, word in enumerate(_UNITS + _TEENS)} | {
    word: 10 * tens for tens, word in enumerate(_TENS, start=2)
}
_UNIT = "|".join(_UNITS)
NUMBER_WORD = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{_UNIT})\b)?|{'|'.join(_TEENS)}|{_UNIT})"
"""Pattern of the number words below one hundred."""

_HUNDREDS = rf"(?:(?:a|{_UNIT}) hundred(?:(?: and)? {NUMBER_WORD}\b)?|{NUMBER_WORD})"
_THOUSANDS = rf"(?:(?:a|{_HUNDREDS}) thousand(?:,?(?: and)? {_HUNDREDS}\b)?|{_HUNDREDS})"
_GROUPS = rf"(?:half a|half|a|{_UNIT}) dozen|dozen|(?:an?|{_UNIT}) pairs? of|pair of|(?:a|only one) single"
PHRASE = rf"(?:{_GROUPS}|{_THOUSANDS})"
"""Pattern of everything that `value_of` can read."""

HINT = "zero|one|tw|th[rio]|f[oi]|si|sev|eig|nin|ten|ele|doz|pair|hundred"
"""What every match of `PHRASE` holds: where it is absent, the slower pattern need not run."""


def value_of(words: str) -> int:
    """Return the number that words matched by `PHRASE` stand for.

    >>> [value_of(words) for words in ("twenty-two", "a hundred and five", "two thousand, forty", "half a dozen")]
    [22, 105, 2040, 6]
    """
    said = words.lower().replace("-", " ").replace(",", " ").split()
    if "dozen" in said:
        return 6 if "half" in said else 12 * _VALUES.get(said[0], 1)
    if "pair" in said or "pairs" in said:
        return 2 * _VALUES.get(said[0], 1)
    if "single" in said:
        return 1
    total = part = 0
    for word in said:
        if word == "hundred":
            part = max(part, 1) * 100
        elif word == "thousand":
            total, part = max(part, 1) * 1000, 0
        else:
            part += _VALUES.get(word, 0)
    return total + part
