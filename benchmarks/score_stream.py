"""Claim: scoring a file of answers streams; a sample costs some hundred bytes, whatever its texts weigh.

A file of short answers is scored by `sarbench.score` against rows that are made on the fly, in child processes of
their own: a small file and a large one. The growth of peak memory between them, per answer, stands beside what a row
and its answer weigh as Python objects.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_ANSWERS = {
    "presence": ("Yes.", "No", "yes, there is one", "No, there is nothing of the kind here."),
    "counting": tuple(f"There are {number} of them in the image." for number in range(40)),
    "referring": tuple(f"[{n}, {n}, {n + 90}, {n + 60}] (top left)" for n in range(200)),
    "vqa": ("bare land", "water", "a built-up area", "an area of farmland with several roads"),
}


def row(kind: str, number: int) -> dict[str, Any]:
    truths = {"presence": ("yes", "no")[number % 2], "counting": str(number % 40), "vqa": "Bare land"}
    box = [float(number % 300), float(number % 200), number % 300 + 90.0, number % 200 + 60.0]
    return {
        "id": f"sarlang-1m/vqa1/test/{number:08d}-0123456789ab-0",
        "dataset": "sarlang-1m",
        "task": "attribute" if kind == "vqa" else kind,
        "subtask": None,
        "image_id": f"image-{number // 9}",
        "width": 512,
        "height": 512,
        "question": "What does the image show?",
        "answers": [truths.get(kind, "[10, 10, 100, 70]")],
        "choices": [],
        "boxes": [{"label": "ship", "xyxy": box, "position": None}] if kind == "referring" else [],
        "region": [],
        "count": number % 40 if kind == "counting" else None,
        "sample_sha256": "0" * 64,
    }


def rows(kind: str, count: int) -> Iterator[dict[str, Any]]:
    return (row(kind, number) for number in range(count))


def write(path: Path, kind: str, count: int) -> None:
    chance = random.Random(0)
    with path.open("w") as file:
        for made in rows(kind, count):
            file.write(json.dumps({"id": made["id"], "prediction": chance.choice(_ANSWERS[kind])}) + "\n")


def child(path: Path, kind: str, count: int) -> None:
    import sarbench

    sarbench.score(task=kind, predictions=[], references=[])  # what importing and compiling weigh is not the question
    began = time.process_time()
    table = sarbench.score(task=kind, predictions=path, references=rows(kind, count))
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": seconds, "peak": peak, "samples": table.details.samples}))


def measure(path: Path, kind: str, count: int) -> dict[str, float]:
    write(path, kind, count)
    command = [sys.executable, __file__, "--child", str(path), "--kind", kind, "--answers", str(count)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, float] = json.loads(printed)
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--answers", type=int, default=1_200_000, help="answers of the large file")
    options.add_argument("--kind", choices=sorted(_ANSWERS), action="append")
    options.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.child:
        child(given.child, given.kind[0], given.answers)
        return
    small = given.answers // 6
    for kind in given.kind or sorted(_ANSWERS):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "answers.jsonl")
            few, many = measure(path, kind, small), measure(path, kind, given.answers)
        growth = (many["peak"] - few["peak"]) / (given.answers - small)
        if growth <= 0:
            msg = "The files are too small for their memory to be told apart: give more --answers."
            raise SystemExit(msg)
        one = row(kind, 1)
        held = sum(sys.getsizeof(part) for part in (one, *one.values())) + sys.getsizeof(_ANSWERS[kind][-1])
        print(
            f"{kind}: {given.answers:,} answers in {many['seconds']:.1f} s of processor time "
            f"({1e6 * many['seconds'] / given.answers:.1f} µs each), peak {many['peak'] / 2**20:.0f} MiB; "
            f"{small:,} answers: peak {few['peak'] / 2**20:.0f} MiB; growth {growth:.0f} bytes an answer, "
            f"{held / growth:.1f} times less than its row and answer as Python objects ({held} bytes)"
        )


if __name__ == "__main__":
    main()
