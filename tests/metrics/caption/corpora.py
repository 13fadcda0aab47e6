"""Captions to score: the kinds on which caption scorers are known to differ, and random ones."""

import random
from collections.abc import Iterator

Corpus = tuple[list[str], list[list[str]]]

TRUE = [
    "three cargo ships are moored along the northern pier of the harbour",
    "a bright bridge crosses the dark river from west to east",
    "several oil tanks stand in two rows near the coast",
    "the image shows an airport with two parallel runways and a terminal",
    "dense buildings with strong double bounce fill the left half of the scene",
    "four aircraft are parked beside the terminal in the upper right corner",
    "farmland in long narrow fields surrounds a small village",
    "layover on the steep mountain slopes hides the road in the valley",
]
NEAR = [
    "three cargo ships are moored along the southern pier of the harbour",
    "a bright bridge crosses the river from west to east",
    "many oil tanks stand in three rows near the coast",
    "the image shows an airport with two runways and a large terminal",
    "dense buildings with strong double bounce fill the right half of the image",
    "five aircraft are parked beside the terminal in the upper left corner",
    "farmland in narrow fields surrounds the small village",
    "layover on steep mountain slopes hides the road",
]
SECOND = [
    "cargo ships lie at the pier of a harbour",
    "the river is crossed by a bright bridge",
    "oil tanks near the coast stand in three rows",
    "an airport with a large terminal and two runways",
    "strong double bounce from dense buildings on the left",
    "aircraft parked in the upper left corner beside a terminal",
    "a village lies between narrow fields of farmland",
    "the mountain slopes show layover and hide the road",
]
UNRELATED = [f"zq{i} xv{i} kj{i} wp{i} yb{i}" for i in range(8)]
ONE_WORD = ["ship", "bridge", "tank", "airport", "buildings", "aircraft", "farmland", "layover"]


def _single(texts: list[str]) -> list[list[str]]:
    return [[text] for text in texts]


def _with(prediction: str, reference: str, place: int = 2) -> Corpus:
    """Return the near captions with one pair replaced."""
    predictions, references = list(NEAR), _single(TRUE)
    predictions[place], references[place] = prediction, [reference]
    return predictions, references


def named() -> dict[str, Corpus]:
    """Return twenty corpora; pycocoevalcap refuses the one whose references are all empty."""
    natural = [text.capitalize() + "." for text in NEAR], _single([f"{text.capitalize()} ." for text in TRUE])
    grouped = [[true, second] for true, second in zip(TRUE, SECOND, strict=True)]
    words = ["ship", "bridge", "tank", "runway", "buildings", "plane", "farmland", "layover"]
    return {
        "identical": (list(TRUE), _single(TRUE)),
        "near": (list(NEAR), _single(TRUE)),
        "unrelated": (list(UNRELATED), _single(TRUE)),
        "natural": natural,
        "two references": (list(NEAR), grouped),
        "two references as rows": ([text for text in NEAR for _ in range(2)], _single(sum(grouped, []))),  # noqa: RUF017
        "empty prediction": _with("", TRUE[2]),
        "punctuation only": _with(". , !", TRUE[2]),
        "unicode": _with("Ölтank 油罐 nahe der Küste 🚢", "Öltank 油罐 an der Küste 🚢"),
        "upper case": ([text.upper() for text in NEAR], _single(TRUE)),
        "one-token reference": _with("tanks", "tanks"),
        "all one-token": (words, _single(ONE_WORD)),
        "double space": _with("many oil tanks  stand in three  rows", TRUE[2]),
        "trailing space": _with(TRUE[2] + " ", TRUE[2]),
        "empty reference": _with(NEAR[2], ""),
        "both empty": _with("", ""),
        "all references empty": (list(NEAR), _single([""] * 8)),
        "one item": (NEAR[:1], _single(TRUE[:1])),
        "no-break and em space": _with("several oil\u00a0tanks\u2003stand in two rows near the coast", TRUE[2]),
        "identical references": (list(NEAR), _single([TRUE[0]] * 8)),
    }


SPACES = [" ", " ", " ", " ", "  ", "\t", "\n", "\r\n", "\x0b", "\x1c", "\x1f", "\x85", "\u00a0", "\u2003", "\u2028"]


def random_corpora(number: int, *, seed: int) -> Iterator[Corpus]:
    """Yield corpora with 1 to 5 references an item, odd spaces, empty texts and repeated words."""
    draw = random.Random(seed)
    for _ in range(number):
        items, vocabulary = draw.randint(1, 24), draw.choice([2, 5, 30, 300])
        spaces = SPACES if draw.random() < 0.3 else [" "]
        letters = draw.choice(["w", "w", "wé船"])
        many = draw.choice([1, 2, 5])
        predictions, references = [], []
        for _ in range(items):
            predictions.append(_text(draw, vocabulary, spaces, letters))
            own = [_text(draw, vocabulary, spaces, letters) for _ in range(draw.randint(1, many))]
            references.append(own)
        references[0][0] += " w0"  # pycocoevalcap refuses references without any word
        yield predictions, references


def _text(draw: random.Random, vocabulary: int, spaces: list[str], letters: str) -> str:
    size = draw.choice([0, 1, 2, 3, 6, 10, 10, 14, 14, 20, 70])
    parts = []
    for _ in range(size):
        # Squared, so that some words are frequent and some rare.
        parts.append(f"{draw.choice(letters)}{int(draw.random() ** 2 * vocabulary)}")
        parts.append(draw.choice(spaces))
    edge = draw.choice(["", "", "", draw.choice(spaces)])
    return edge + "".join(parts[: None if draw.random() < 0.1 else -1])
