"""BLEU-1..4, ROUGE-L and CIDEr of many captions, against pycocoevalcap 1.2 on the same texts, bit for bit.

The captions are phrases drawn by Zipf's law from a fixed list of pseudo-words; a prediction is its reference with about
a third of the phrases drawn anew. Both sides give corpus and sentence scores of all three metrics; the script compares
them with `==` before it prints a ratio. numba's start (compiling, or loading what was compiled) is stated apart.

Ratios are of seconds on the clock, and of seconds of processor time, which other work on the machine disturbs less
(numba uses two threads). Up to 200,000 pairs the sides take turns in one process. Beyond, each side runs once in a
process of its own, so that its peak memory can be told; pycocoevalcap needs 13 GB for a million pairs, and
`--reference-pairs` gives it fewer.

Claims: the numpy engine is 10 times as fast at 50,000 pairs and 8 times at a million, within 4 GiB; the numba engine 25
times and 40 times, within 3 GiB.
"""

import argparse
import contextlib
import gc
import hashlib
import importlib
import io
import json
import resource
import statistics
import subprocess
import sys
import time
from importlib.metadata import version

import numpy as np

from sarbench.metrics.caption.kernels import corpus_bleu, count, sentence_bleu

Captions = tuple[list[str], list[list[str]]]

TURNS_UP_TO = 200_000
CLAIMS = {"numpy": (10, 8, 4), "numba": (25, 40, 3)}
WORDS, PHRASES, TOKENS_A_PHRASE = 8_000, 20_000, 3.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=50_000, help="captions with one reference each (default: 50000)")
    parser.add_argument("--tokens", type=float, default=14.5, help="mean words of a caption (default: 14.5)")
    parser.add_argument("--engine", choices=("numpy", "numba", "both"), default="both")
    parser.add_argument("--repeats", type=int, default=5, help="turns (default: 5)")
    parser.add_argument("--reference-pairs", type=int, help="pairs for pycocoevalcap; its time is then extrapolated")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        print(json.dumps(alone(options.side, captions(options.pairs, options.tokens))))
        return
    engines = ("numpy", "numba") if options.engine == "both" else (options.engine,)
    libraries = sorted({"pycocoevalcap", "numpy", *engines})
    versions = ", ".join(f"{name} {version(name)}" for name in libraries)
    print(f"{options.pairs:,} pairs, {options.tokens} words a caption; {versions}")
    if options.pairs <= TURNS_UP_TO and not options.reference_pairs:
        by_turns(engines, captions(options.pairs, options.tokens), options.repeats)
    else:
        apart(engines, options.pairs, options.tokens, options.reference_pairs or options.pairs)


def by_turns(engines: tuple[str, ...], texts: Captions, repeats: int) -> None:
    """Time all sides in this process, one after the other, and again."""
    times: dict[str, list[float]] = {side: [] for side in ("pycocoevalcap", *engines)}
    works: dict[str, list[float]] = {side: [] for side in times}
    for engine in engines:
        print(f"{engine:14s} start {start(engine):6.2f} s")
    for _ in range(repeats):
        digests = set()
        for side, seconds in times.items():
            spent, work, digest = timed(side, texts)
            seconds.append(spent)
            works[side].append(work)
            digests.add(digest)
        print("corpus and sentence scores are", "equal" if len(digests) == 1 else "DIFFERENT")
    for side, seconds in times.items():
        print(f"{side:14s}{len(texts[0]) / statistics.median(seconds):12,.0f} pairs/s")
    for engine in engines:
        clock, work = (ratio(kind["pycocoevalcap"], kind[engine]) for kind in (times, works))
        print(f"claim: {engine} >= {CLAIMS[engine][0]} times as fast; measured: {clock}; of processor time: {work}")


def ratio(bare: list[float], ours: list[float]) -> str:
    ratios = [first / second for first, second in zip(bare, ours, strict=True)]
    return f"{statistics.median(ratios):.1f} ({min(ratios):.1f}-{max(ratios):.1f})"


def apart(engines: tuple[str, ...], pairs: int, tokens: float, reference_pairs: int) -> None:
    """Run each side once in a process of its own."""
    reference = child("pycocoevalcap", reference_pairs, tokens)
    seconds, work = (reference[kind] * pairs / reference_pairs for kind in ("seconds", "work"))
    how = "" if pairs == reference_pairs else f", extrapolated from {reference_pairs:,} pairs"
    print(f"{'pycocoevalcap':14s}{seconds:9.1f} s, {work:.1f} s of processor{how}, peak {reference['gib']:.2f} GiB")
    runs = {engine: child(engine, pairs, tokens) for engine in engines}
    if len({run["digest"] for run in runs.values()}) > 1:
        print(f"the engines' scores of {pairs:,} pairs are DIFFERENT")
    for engine, run in runs.items():
        small = run if pairs == reference_pairs else child(engine, reference_pairs, tokens)
        print(
            f"{engine:14s}{run['seconds']:9.1f} s, {run['work']:.1f} s of processor, start {run['start']:.1f} s, "
            f"peak {run['gib']:.2f} GiB, of which the texts {run['texts']:.2f} GiB"
        )
        equal = "equal" if small["digest"] == reference["digest"] else "DIFFERENT"
        print(f"corpus and sentence scores of {reference_pairs:,} pairs are {equal}")
        _, times, most = CLAIMS[engine]
        print(
            f"claim: {engine} >= {times} times as fast within {most} GiB at 1,000,000 pairs; measured: "
            f"{seconds / run['seconds']:.1f} (of processor time {work / run['work']:.1f}), {run['gib']:.2f} GiB"
        )


def child(side: str, pairs: int, tokens: float) -> dict[str, float]:
    command = [sys.executable, __file__, "--side", side, "--pairs", str(pairs), "--tokens", str(tokens)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def alone(side: str, texts: Captions) -> dict[str, float | str]:
    """Return time, peak memory and a digest of the scores of one side in this process."""
    before = peak()
    opening = start(side)
    seconds, work, digest = timed(side, texts)
    return {"seconds": seconds, "work": work, "start": opening, "gib": peak(), "texts": before, "digest": digest}


def start(side: str) -> float:
    """Return the seconds that the first call takes on a corpus of two captions."""
    begin = time.perf_counter()
    run(side, (["a ship", "a tank"], [["a ship"], ["two tanks"]]))
    return time.perf_counter() - begin


def timed(side: str, texts: Captions) -> tuple[float, float, str]:
    """Return the seconds on the clock and of the processor that a side takes, and a digest of its scores."""
    gc.collect()
    clock, work = time.perf_counter(), time.process_time()
    scores = run(side, texts)
    clock, work = time.perf_counter() - clock, time.process_time() - work
    return clock, work, hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in scores)).hexdigest()


def run(side: str, texts: Captions) -> list[np.ndarray]:
    """Return corpus and sentence scores."""
    if side == "pycocoevalcap":
        return reference_scores(*texts)
    counts = count(*texts, engine=side)
    corpus = corpus_bleu(counts.bleu.sum(axis=0)), np.mean(counts.rouge_l), np.mean(counts.cider)
    return [*corpus, sentence_bleu(counts.bleu), counts.rouge_l, counts.cider]


def reference_scores(predictions: list[str], references: list[list[str]]) -> list[np.ndarray]:
    true = dict(enumerate(references))
    said = {number: [text] for number, text in enumerate(predictions)}
    scores = []
    with contextlib.redirect_stdout(io.StringIO()):
        for name, arguments in (("Bleu", (4,)), ("Rouge", ()), ("Cider", ())):
            module = importlib.import_module(f"pycocoevalcap.{name.lower()}.{name.lower()}")
            scores.append(getattr(module, name)(*arguments).compute_score(true, said))
    (bleu, bleus), (rouge, rouges), (cider, ciders) = scores
    return [np.array(bleu), np.array(rouge), np.array(cider), np.array(bleus).T, rouges, ciders]


def captions(pairs: int, tokens: float) -> Captions:
    """Return predictions and references."""
    draw = np.random.default_rng(0)
    phrases = np.array([" ".join(phrase) for phrase in word_lists(draw)], dtype=object)
    sizes = np.maximum(1, draw.poisson(tokens / TOKENS_A_PHRASE, pairs))
    share = 1 / np.arange(1, PHRASES + 1) ** 0.9
    true = draw.choice(PHRASES, size=sizes.sum(), p=share / share.sum())
    said = np.where(draw.random(len(true)) < 0.35, draw.permutation(true), true)
    return joined(phrases, said, sizes), [[text] for text in joined(phrases, true, sizes)]


def word_lists(draw: np.random.Generator) -> list[list[str]]:
    """Return phrases of two to five words, frequent words more often."""
    words = ["".join(draw.choice(list("abdefgiklmnoprstu"), draw.integers(1, 10))) + str(i % 7) for i in range(WORDS)]
    share = 1 / np.arange(1, WORDS + 1)
    return [draw.choice(words, size=draw.integers(2, 6), p=share / share.sum()).tolist() for _ in range(PHRASES)]


def joined(phrases: np.ndarray, numbers: np.ndarray, sizes: np.ndarray) -> list[str]:
    ends = np.cumsum(sizes).tolist()
    return [" ".join(phrases[numbers[end - size : end]]) for end, size in zip(ends, sizes.tolist(), strict=True)]


def peak() -> float:
    """Return the peak memory of this process in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    main()
