"""Items per second of `sarbench eval --model sarbench_hf` beside a bare `generate` loop on the same items.

All sides take the same simulated lite split, the same randomly initialised model with the Qwen2.5-VL architecture, the
same batch size and the same number of new tokens, each in processes of its own, by turns. There are two bare loops: one
decodes and preprocesses images, generates and decodes texts, batch after batch; the other preprocesses the next batch
in a thread while the model generates, as sarbench does. Both know their prompts beforehand and keep nothing.

The clock of a bare loop runs from its first batch to its last answer; the model is loaded by then and has answered one
batch uncounted, so that what torch loads late counts against sarbench only. sarbench's clock runs from the worker's
event `Started`, which it tells with the model loaded, the rows read and the prompts written, to its event `Finished`:
between them lie reading and preprocessing images, generating, writing answers chunk by chunk, lmms-eval's own work,
scoring each answer and writing the samples. Reading rows and writing prompts come before `Started`, summing up the
scores of the run and writing its record after `Finished`: neither is counted, here or there. Starting and loading are
printed beside it. On the CPU the processor time of all threads is compared too: it does not see who reads ahead, and
little of what else runs on the machine.

Claim: sarbench reaches at least 0.95 of the items per second of the loop that reads ahead too. The ratio hangs on how
long a model takes: a tiny one answers in a hundredth of a second and shows the harness at its worst, so its
milliseconds an item stand below; a small one takes half a second on a core, which is nearer to what anybody waits for.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import harness_sides
from harness_sides import TASK, options_parser

CLAIM = 0.95
PACKAGES = ("torch", "transformers", "lmms-eval")
SIDES = {"bare": "bare generate loop", "ahead": "… that reads ahead", "sarbench": "sarbench eval"}

Turn = dict[str, Any]


def main() -> None:
    parser = options_parser(__doc__)
    parser.add_argument("--turns", type=int, default=3, help="how often each side is measured (default: 3)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        options.work = options.work or Path(scratch)
        measure(options)


def measure(options: argparse.Namespace) -> None:
    made = run(options, "prepare")
    print(
        f"{made['items']} items of {TASK}, batches of {options.batch_size}, {options.new_tokens} new tokens each; "
        f"Qwen2.5-VL architecture, {made['parameters'] / 1e6:,.1f} million random weights in {options.dtype}"
    )
    print(f"{hardware(options.device)}; " + ", ".join(f"{name} {version(name)}" for name in PACKAGES))
    sides: dict[str, list[Turn]] = {name: [] for name in SIDES}
    for _ in range(options.turns):
        for name, turns in sides.items():
            turns.append(run(options, name))
    kind = "GPU memory" if options.device != "cpu" else "resident memory"
    for name, label in SIDES.items():
        turns = sides[name]
        rate = statistics.median(turn["items"] / turn["seconds"] for turn in turns)
        start = statistics.median(turn["start"] for turn in turns)
        peak = max(turn["peak"] for turn in turns)
        print(f"{label:20s} {rate:8.2f} items/s, peak {kind} {peak / 2**30:6.2f} GiB, start {start:5.1f} s")
    ratios = {name: compared(sides[name], sides["sarbench"], "seconds") for name in ("ahead", "bare")}
    print(f"claim: sarbench eval reaches >= {CLAIM} of the loop that reads ahead; measured: {ratios['ahead']}")
    print(f"of the plain loop: {ratios['bare']}")
    if options.device == "cpu" and all(turn["processor"] for turns in sides.values() for turn in turns):
        ratios = {name: compared(sides[name], sides["sarbench"], "processor") for name in ("ahead", "bare")}
        print(f"of processor time: {ratios['ahead']} of the loop that reads ahead, {ratios['bare']} of the plain one")
    extra = [
        ours["seconds"] / ours["items"] - theirs["seconds"] / theirs["items"]
        for theirs, ours in zip(sides["ahead"], sides["sarbench"], strict=True)
    ]
    print(f"more than the loop that reads ahead: {1000 * statistics.median(extra):.1f} ms an item")
    texts = {name: [text.strip() for text in turns[0]["texts"]] for name, turns in sides.items()}
    equal = sum(len(set(each)) == 1 for each in zip(*texts.values(), strict=True))
    print(f"answers equal to the bare loops': {equal} of {made['items']}; failed: {sides['sarbench'][0]['failed']}")
    found = run(options, "invariance")
    print(
        f"batch invariance: {found['differing']} of {found['items']} answers differ between batch 1 and batch "
        f"{found['batch_size']} ({found['share']:.1%})"
    )


def compared(theirs: Sequence[Turn], ours: Sequence[Turn], quantity: str) -> str:
    """Return how many items sarbench does in the time of one of theirs: median, least and most over the turns."""
    ratios = [
        (their[quantity] / their["items"]) / (our[quantity] / our["items"])
        for their, our in zip(theirs, ours, strict=True)
    ]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def run(options: argparse.Namespace, part: str) -> Turn:
    """Run one part in a process of its own; on a GPU, put the memory that it took there in place of the machine's."""
    names = ("device", "size", "dtype", "items", "batch_size", "new_tokens", "invariance", "work")
    given = [f"--{name}={getattr(options, name)}" for name in names]
    command = [sys.executable, harness_sides.__file__, part, *given]
    before, peak, ended = gpu_memory(options.device), 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not ended.wait(0.5):
            peak = max(peak, gpu_memory(options.device) - before)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        ended.set()
        watching.join()
    if answer.returncode:
        sys.exit(f"{part} failed:\n{answer.stdout[-2000:]}{answer.stderr[-4000:]}")
    found: Turn = json.loads(answer.stdout.splitlines()[-1])
    return {**found, "peak": peak} if options.device != "cpu" else found


def gpu_memory(device: str) -> int:
    """Return the bytes that all processes hold on the GPU, contexts included; 0 for the CPU."""
    if device == "cpu":
        return 0
    number = device.partition(":")[2] or "0"
    command = ["nvidia-smi", f"--id={number}", "--query-gpu=memory.used", "--format=csv,noheader,nounits"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(answer.stdout.split()[0]) * 2**20


def hardware(device: str) -> str:
    if device == "cpu":
        return f"{os.cpu_count()} cores, no GPU used; Python {platform.python_version()}"
    command = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    return f"{found}; Python {platform.python_version()}"


if __name__ == "__main__":
    main()
