"""Boxes out of answers: `sarbench.answers.bulk.parse_boxes` against a plain loop with a regular expression.

The loop finds four numbers with nothing but brackets, commas and blanks between them and makes floats of them; it knows
no spelling, label, convention, size or outcome. A second loop takes every number of a text, which finds no boxes (the 2
of "bbox_2d" and of "2 ships" are numbers too) and is the least that any reader in Python could do.
`parse_boxes` gives for every text what `sarbench.answers.parse` gives: boxes in native pixels, outcome, rule, labels.
Both sides run by turns in one process, after a garbage collection; a sample is compared with one-by-one reading, bit by
bit.

The answers are made up in the forms of SARChat-2M, Qwen2.5-VL, Qwen2-VL and plain lists: one box in most, two to four
in others, with position words or labels in some, whole pixels in most and fractions of the side in others; the share
`--awkward` is cut off, refused, negative, in reasoning tags, failed, or prose.

Claim: at least 5 times the rate of the loop.
"""

import argparse
import gc
import platform
import random
import re
import statistics
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from sarbench.answers import Parsed, parse
from sarbench.answers.bulk import BoxAnswers, parse_boxes

CLAIM = 5.0
SIZE = (512, 512)
CLASSES = ("ship", "aircraft", "car", "tank", "bridge", "harbor")
ROWS, COLUMNS = ("top", "middle", "bottom"), ("left", "center", "right")
_T = TypeVar("_T")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_FOUR = re.compile(r"[\s,<>()]+".join([r"(-?\d+(?:\.\d+)?)"] * 4))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=336_000, help="answers (default: 336000)")
    parser.add_argument("--awkward", type=float, default=0.02, help="share of awkward answers (default: 0.02)")
    parser.add_argument("--sample", type=int, default=5_000, help="answers compared one by one (default: 5000)")
    parser.add_argument("--repeats", type=int, default=7, help="turns (default: 7)")
    options = parser.parse_args()
    texts = answers(options.texts, options.awkward)
    sizes = np.full((len(texts), 2), SIZE)
    print(
        f"Python {platform.python_version()}, numpy {np.__version__}; {len(texts):,} answers, {options.repeats} turns"
    )

    def ours() -> BoxAnswers:
        return parse_boxes(texts, sizes=sizes)

    read = ours()
    print(f"{len(texts):,} answers, {len(read.values):,} boxes")
    print(f"{plans(read):,} plans; {len(read.ordinary):,} answers read one by one")
    chosen = random.Random(1).sample(range(len(texts)), min(options.sample, len(texts)))
    alone, expected = seconds(lambda: [parse(texts[index], kind="boxes", size=SIZE) for index in chosen])
    differ = sum(not same(read.parsed(index), one) for index, one in zip(chosen, expected, strict=True))
    print(f"answers that differ from one-by-one parse: {differ} of {len(chosen):,}")
    turns = [
        [seconds(lambda: boxes_by_re(texts))[0], seconds(lambda: numbers_by_re(texts))[0], seconds(ours)[0]]
        for _ in range(options.repeats)
    ]
    loop, numbers, bulk = (statistics.median(column) for column in zip(*turns, strict=True))
    one_by_one = alone / len(chosen) * len(texts)
    print(f"{'re loop, four numbers':24s}{loop:8.3f} s")
    print(f"{'re loop, all numbers':24s}{numbers:8.3f} s")
    print(f"{'sarbench, parse_boxes':24s}{bulk:8.3f} s")
    print(f"{'sarbench, one by one':24s}{one_by_one:8.3f} s (from {len(chosen):,})")
    ratio, to_numbers = ([turn[column] / turn[2] for turn in turns] for column in (0, 1))
    print(f"claim: ratio to the re loop >= {CLAIM}; measured: {spread(ratio)}")
    print(f"to the loop over all numbers: {spread(to_numbers)}; to one by one: {one_by_one / bulk:.0f}")


def spread(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def boxes_by_re(texts: list[str]) -> list[list[tuple[float, ...]]]:
    """Find four numbers, make floats."""
    return [[tuple(map(float, found)) for found in _FOUR.findall(text)] for text in texts]


def numbers_by_re(texts: list[str]) -> list[list[float]]:
    """Find every number, make floats."""
    return [[float(number) for number in _NUMBER.findall(text)] for text in texts]


def answers(count: int, awkward: float) -> list[str]:
    """Make up answers, the same in every run."""
    draw = random.Random(0)
    forms = (_sarchat, _sarchat, _sarchat_many, _grounding, _list, _fractions, _qwen, _qwen_many, _corners, _corners)
    return [_awkward(draw) if draw.random() < awkward else draw.choice(forms)(draw) for _ in range(count)]


def _box(draw: random.Random) -> tuple[int, int, int, int]:
    left, top = draw.randrange(472), draw.randrange(472)
    return left, top, left + draw.randrange(8, 40), top + draw.randrange(8, 40)


def _angled(draw: random.Random) -> str:
    return "{{<{}><{}><{}><{}>}}".format(*_box(draw))


def _place(draw: random.Random) -> str:
    return f"{draw.choice(ROWS)} {draw.choice(COLUMNS)}"


def _sarchat(draw: random.Random) -> str:
    return f"{_angled(draw)} ({_place(draw)})" if draw.random() < 0.5 else _angled(draw)


def _sarchat_many(draw: random.Random) -> str:
    return "".join(f"{_angled(draw)} ({_place(draw)})" for _ in range(draw.randint(2, 4)))


def _grounding(draw: random.Random) -> str:
    return f"There is 1 {draw.choice(CLASSES)}: one in the {_place(draw)} portion {_angled(draw)}."


def _list(draw: random.Random) -> str:
    return str(list(_box(draw)))


def _fractions(draw: random.Random) -> str:
    return f"[{', '.join(f'{edge / 512:.{draw.choice((2, 3, 3, 3))}f}' for edge in _box(draw))}]"


def _json(draw: random.Random, label: str) -> str:
    return f'{{"bbox_2d": {list(_box(draw))}, "label": "{label}"}}'


def _qwen(draw: random.Random) -> str:
    return f"```json\n[\n\t{_json(draw, draw.choice(CLASSES))}\n]\n```"


def _qwen_many(draw: random.Random) -> str:
    label = draw.choice(CLASSES)
    objects = ",\n\t".join(_json(draw, label) for _ in range(draw.randint(2, 3)))
    return f"```json\n[\n\t{objects}\n]\n```"


def _corners(draw: random.Random) -> str:
    return "({},{}),({},{})".format(*_box(draw))


def _awkward(draw: random.Random) -> str:
    box = list(_box(draw))
    text = _qwen_many(draw)
    return draw.choice(
        (
            "I'm sorry, but I cannot find the object.",
            "There are no ships in the image.",
            "",
            text[: draw.randrange(30, len(text))],
            f"[-{box[0]}, {box[1]}, {box[2]}, {box[3]}]",
            f"[{box[2]}, {box[1]}, {box[0]}, {box[3]}]",
            f"<think>It lies near {box[0]}, {box[1]}.</think><answer>{box}</answer>",
            "[LMMS_EVAL_REQUEST_FAILED after 5 retries]",
            f"The {draw.choice(CLASSES)}, {draw.randrange(99)} px {draw.choice(COLUMNS)} of {box} – {text[12:40]}",
        )
    )


def same(ours: Parsed, expected: Parsed) -> bool:
    """Compare two readings, values bit by bit."""
    values = [None if read.value is None else read.value.tobytes() for read in (ours, expected)]
    rest = [(read.outcome, read.rule, read.labels, read.dropped, read.read) for read in (ours, expected)]
    return values[0] == values[1] and rest[0] == rest[1]


def plans(read: BoxAnswers) -> int:
    """Count the structures that were parsed."""
    return sum(plan is not None for plan in read.plans)


def seconds(call: Callable[[], _T]) -> tuple[float, _T]:
    gc.collect()
    start = time.process_time()  # one thread on every side; the clock also shows what else the machine does
    result = call()
    return time.process_time() - start, result


if __name__ == "__main__":
    main()
