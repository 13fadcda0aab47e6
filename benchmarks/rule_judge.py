"""Judging the answers of a whole run by rule, against a plain loop that judges them one after another.

The answers are simulated: yes or no, numbers, classes, positions and short free text, said in many ways, some verbose,
some wrong, some of no use; a few of them very often and most of them seldom (Zipf), so that 1.2 million answers hold
some 85,000 distinct pairs of truth and prediction. Every text is a string object of its own, as if read from a file.
Both sides use the same rules, and their verdicts are compared; the plain loop too profits from what the reading of
short answers remembers. Caches are emptied before each turn. Times are processor seconds of one process, so that
neighbours on the machine disturb them little; wall-clock seconds stand behind them.

Claims, for the strict rules: 1.2 million answers are judged within 1.5 seconds of one core; judging them together is at
least 3 times as fast as the plain loop.
"""

import argparse
import gc
import platform
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from sarbench.metrics.vqa import judge_many, sarlang, strict

SECONDS_CLAIM = 1.5
RATIO_CLAIM = 3.0

CODES = {1: True, 0: False, -1: None}
REMEMBERING = type(lru_cache(str))

CLASSES = ("aircraft", "bridge", "car", "harbor", "ship", "tank")
SAID = ("airplane", "bridges", "vehicle", "port", "vessel", "tanks", *CLASSES)
ROWS, COLUMNS = ("top", "middle", "bottom", "upper", "lower"), ("left", "center", "right")
PLACES = ("near the coast", "in the image", "by the pier", "along the road", "in open water", "at the edge", "in sight")
LOOKS = ("", "small ", "bright ", "large ", "dark ", "blurred ", "elongated ", "isolated ", "moored ", "parked ")
GROUND = ("Grid pattern", "Residential area", "Farmland", "Football field", "Open sea", "Industrial site", "Pond")
NOUNS = ("roads", "fields", "buildings", "blocks", "warehouses", "trees", "ponds", "soccer field", "rooftops", "water")
SHARES = {"presence": 0.3, "counting": 0.25, "classification": 0.2, "position": 0.15, "vqa": 0.1}
POOLS = {"presence": 6_000, "counting": 22_000, "classification": 16_000, "position": 16_000, "vqa": 52_000}


class Answers(NamedTuple):
    """Columns of a run."""

    predictions: list[str]
    truths: list[str]
    kinds: list[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=1_200_000, help="answers to judge (default: 1200000)")
    parser.add_argument("--repeats", type=int, default=5, help="turns of each side, interleaved (default: 5)")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, numpy {np.__version__}, pyarrow {pa.__version__}")
    run = simulated(options.answers)
    distinct = len(set(zip(*run, strict=True)))
    print(f"{options.answers:,} answers, {distinct:,} distinct, {options.repeats} turns each, median (min - max)")
    judge_many(["yes"], ["yes"])  # pyarrow looks for pandas once in a process
    for protocol in ("strict", "paper"):
        report(protocol, run, options.repeats)


def report(protocol: str, run: Answers, repeats: int) -> None:
    sides = {"plain loop": lambda: one_by_one(run, protocol), "judge_many": lambda: together(run, protocol)}
    times: dict[str, list[tuple[float, float]]] = {side: [] for side in sides}
    equal = True
    for _ in range(repeats):
        found = {}
        for side, call in sides.items():
            found[side], seconds = timed(call)
            times[side].append(seconds)
        equal = equal and found["plain loop"] == [CODES[code] for code in found["judge_many"]]
    million = 1_200_000 / len(run.truths)
    for side, measured in times.items():
        core, wall = ([million * seconds[clock] for seconds in measured] for clock in (0, 1))
        print(f"{protocol:7s}{side:11s} {spread(core)} s of a core per 1.2 M answers; wall {spread(wall)} s")
    ratios = [plain[0] / many[0] for plain, many in zip(*times.values(), strict=True)]
    undecided = found["plain loop"].count(None) / len(run.truths)
    print(f"{protocol:7s}ratio       {spread(ratios)}; verdicts equal: {equal}; undecided: {undecided:.1%}")
    if protocol == "strict":
        seconds = statistics.median(million * core for core, _ in times["judge_many"])
        ratio = statistics.median(ratios)
        print(f"claim: 1.2 M answers in <= {SECONDS_CLAIM} s of a core; measured: {seconds:.2f} s")
        print(f"claim: ratio to the plain loop >= {RATIO_CLAIM}; measured: {ratio:.1f}")


def one_by_one(run: Answers, protocol: str) -> list[bool | None]:
    if protocol == "paper":
        return [sarlang.judge(said, truth).correct for said, truth, _ in zip(*run, strict=True)]
    return [strict.judge(said, truth, kind=kind).correct for said, truth, kind in zip(*run, strict=True)]


def together(run: Answers, protocol: str) -> Sequence[int]:
    return judge_many(run.predictions, run.truths, run.kinds, protocol=protocol).correct


def timed(call: Callable[[], Any]) -> tuple[Any, tuple[float, float]]:
    """Return the result, and the seconds of the processor and of the clock, with nothing remembered from before."""
    for cache in [found for found in gc.get_objects() if isinstance(found, REMEMBERING)]:
        if str(cache.__module__).startswith("sarbench."):
            cache.cache_clear()
    gc.collect()
    core, wall = time.process_time(), time.perf_counter()
    result = call()
    return result, (time.process_time() - core, time.perf_counter() - wall)


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f} - {max(values):.2f})"


def simulated(answers: int) -> Answers:
    """Draw answers of every kind from pools of distinct ones, by Zipf's law inside each pool."""
    draw, generator = random.Random(0), np.random.default_rng(0)
    rows: list[tuple[str, str, str]] = []
    for kind, share in SHARES.items():
        pool = [(*pair, kind) for pair in distinct_pairs(kind, POOLS[kind], draw)]
        weights = 1 / np.arange(1, len(pool) + 1) ** 0.8
        places = generator.choice(len(pool), round(answers * share), p=weights / weights.sum())
        rows += [pool[place] for place in places.tolist()]
    draw.shuffle(rows)
    return Answers(*([fresh(text) for text in column] for column in zip(*rows, strict=True)))


def distinct_pairs(kind: str, most: int, draw: random.Random) -> list[tuple[str, str]]:
    """Return up to so many distinct pairs of prediction and truth."""
    made = PAIRS[kind](draw)
    seen = dict.fromkeys(next(made) for _ in range(6 * most))
    return list(seen)[:most]


def fresh(text: str) -> str:
    return "".join((text[:1], text[1:]))


def presence(draw: random.Random) -> Iterator[tuple[str, str]]:
    while True:
        thing = f"{draw.choice(LOOKS)}{draw.choice(SAID)} {draw.choice(PLACES)}"
        wording = draw.choice(("Yes", "No", "yes.", "No.", "Yes, there is a {}.", "No, I see no {}.", "There is a {}."))
        yield wording.format(thing), draw.choice(("yes", "no", "Yes.", "No."))


def counting(draw: random.Random) -> Iterator[tuple[str, str]]:
    while True:
        number = draw.choice((*range(1, 40), "two", "three", "several"))
        wording = draw.choice(("{}", "{}.", "There are {} {}.", "I can see {} {} {}.", "The image shows {} {} {}."))
        said = wording.format(number, f"{draw.choice(LOOKS)}{draw.choice(SAID)}", draw.choice(PLACES))
        yield said, f"{draw.randrange(1, 12)}."


def classification(draw: random.Random) -> Iterator[tuple[str, str]]:
    while True:
        thing = f"{draw.choice(LOOKS)}{draw.choice(SAID)}"
        wording = draw.choice(("{}", "{}.", "It is a {}.", "The object is a {} {}.", "A {}, not a pier, {}."))
        yield wording.format(thing, draw.choice(PLACES)), draw.choice(CLASSES)


def position(draw: random.Random) -> Iterator[tuple[str, str]]:
    while True:
        cell = f"{draw.choice(ROWS)} {draw.choice(COLUMNS)}"
        thing = f"{draw.choice(LOOKS)}{draw.choice(SAID)}"
        said = draw.choice(
            (cell, f"In the {cell}.", f"The {thing} is in the {cell}.", f"A {thing} at the {cell} corner.")
        )
        yield said, f"In the {draw.choice(ROWS)} {draw.choice(COLUMNS)}."


def free_text(draw: random.Random) -> Iterator[tuple[str, str]]:
    while True:
        truth = draw.choice(GROUND)
        said = f"{draw.choice(LOOKS)}{draw.choice(NOUNS)} and {draw.choice(LOOKS)}{draw.choice(NOUNS)}"
        wording = draw.choice((truth, f"A {truth.lower()}.", said, f"The area has {said}.", f"It shows {said} nearby."))
        yield wording, f"{truth}."


PAIRS: dict[str, Callable[[random.Random], Iterator[tuple[str, str]]]] = {
    "presence": presence,
    "counting": counting,
    "classification": classification,
    "position": position,
    "vqa": free_text,
}


if __name__ == "__main__":
    main()
