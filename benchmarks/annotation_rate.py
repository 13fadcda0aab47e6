"""How fast texts become annotation Parquet, against a `datasets.GeneratorBasedBuilder` that makes the same rows.

The input is SARChat's train file: one JSON array, fifteen questions about a box of every image. The baseline is what
one would write with `datasets`: `json.load`, regular expressions, and one dictionary for every row, with the same ids
and hashes. Both give the same rows with the same features, which is checked first. CPU seconds of the whole process.

Claim: at least five times the rows per CPU second.
"""

import argparse
import hashlib
import io
import json
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pyarrow.parquet as pq
from PIL import Image

from sarbench import sources
from sarbench.schema import SCHEMA_VERSION, TEXT_SCHEMA, to_text_table
from sarbench.sources import Report

CLAIM = 5.0
TRAIN = "SARChat_total_task_train_modified.json"
PER_IMAGE = 15
SIDE = 64
BATCH = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=150_000, help="questions (default: 150000)")
    parser.add_argument("--repeats", type=int, default=5, help="runs of each, by turns (default: 5)")
    options = parser.parse_args()
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "out"
        rows = write_questions(raw, options.rows // PER_IMAGE)
        check_equal(with_sarbench(raw, out / "warm-a")[1], with_datasets(raw, out / "warm-b")[1])
        rounds = [
            (with_sarbench(raw, out / f"{number}-a")[0], with_datasets(raw, out / f"{number}-b")[0])
            for number in range(options.repeats)
        ]
    print(f"{rows:,} rows, {options.repeats} runs of each by turns, median; both wrote equal rows")
    for name, seconds in zip(("sarbench", "GeneratorBasedBuilder"), zip(*rounds, strict=True), strict=True):
        print(f"{name:24s}{rows / statistics.median(seconds):10,.0f} rows per CPU second")
    ratio = statistics.median(theirs / ours for ours, theirs in rounds)
    print(f"claim: ratio >= {CLAIM}; measured: {ratio:.2f}")


def write_questions(folder: Path, images: int) -> int:
    """Write small images of noise and the train file about them; return the number of questions."""
    chips = folder / "JPEGImages"
    chips.mkdir(parents=True)
    generator = np.random.default_rng(0)
    dice = random.Random(0)
    records = []
    for number in range(images):
        name = f"{number:07d}.png"
        Image.fromarray(generator.integers(0, 256, (SIDE, SIDE), dtype=np.uint8)).save(chips / name, compress_level=1)
        for _ in range(PER_IMAGE):
            left, top = dice.randrange(SIDE // 2), dice.randrange(SIDE // 2)
            box = f"{{<{left}><{top}><{left + 20}><{top + 20}>}}"
            question = f"<image>\n[identify] What can you identify within these coordinates: {box}?"
            answer = "Examining the top left area reveals a very small ship."
            messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
            records.append({"messages": messages, "images": [f"/data/SARDet/{name}"]})
    (folder / TRAIN).write_text(json.dumps(records))
    return len(records)


def with_sarbench(raw: Path, out: Path) -> tuple[float, Path]:
    """Write the rows as a build does; return CPU seconds and the file."""
    path = out / "rows.parquet"
    out.mkdir(parents=True)
    start = time.process_time()
    report = Report()
    with (
        sources.get("sarchat-2m").open_split(raw, "identification", "train", report=report) as split,
        pq.ParquetWriter(path, TEXT_SCHEMA, compression="zstd") as writer,
    ):
        batch = []
        for row in split.rows(range(split.groups), report):
            batch.append(row)
            if len(batch) == BATCH:
                writer.write_table(to_text_table(batch))
                batch = []
        writer.write_table(to_text_table(batch))
    return time.process_time() - start, path


def with_datasets(raw: Path, out: Path) -> tuple[float, Path]:
    """Let `datasets` write the rows of the baseline; return CPU seconds and the file."""
    start = time.process_time()
    builder = Baseline(cache_dir=str(out / "cache"), dataset_name="baseline", hash=out.name, data_dir=str(raw))
    builder.download_and_prepare(str(out), file_format="parquet")
    return time.process_time() - start, next(out.glob("*.parquet"))


def check_equal(ours: Path, theirs: Path) -> None:
    a, b = pq.read_table(ours).select(TEXT_SCHEMA.names), pq.read_table(theirs).select(TEXT_SCHEMA.names)
    if a.to_pylist() != b.to_pylist():
        msg = "the two ways gave different rows"
        raise SystemExit(msg)


class Baseline(datasets.GeneratorBasedBuilder):
    """The rows of SARChat's identification questions, one dictionary after another."""

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(features=datasets.Features.from_arrow_schema(TEXT_SCHEMA))

    def _split_generators(self, dl_manager: datasets.DownloadManager) -> list[datasets.SplitGenerator]:
        return [datasets.SplitGenerator(name="train", gen_kwargs={"folder": Path(self.config.data_dir)})]

    def _generate_examples(self, folder: Path) -> Iterator[tuple[int, dict[str, Any]]]:
        with (folder / TRAIN).open(encoding="utf-8") as file:
            records = json.load(file)
        records.sort(key=lambda record: record["images"][0])
        last, image, met = "", {}, Counter()
        for number, record in enumerate(records):
            name = record["images"][0].rsplit("/", 1)[-1]
            if name != last:
                last, image, met = name, read_image(folder / "JPEGImages" / name), Counter()
            yield number, make_row(record, name.removesuffix(".png"), image, met)


def read_image(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    width, height = Image.open(io.BytesIO(data)).size
    return {"image_sha256": hashlib.sha256(data).hexdigest(), "width": width, "height": height}


def make_row(record: dict[str, Any], stem: str, image: dict[str, Any], met: Counter[str]) -> dict[str, Any]:
    asked, answered = record["messages"]
    question, answer = asked["content"].replace("<image>", "").strip(), answered["content"].strip()
    numbers = re.search(r"\{<(\d+)><(\d+)><(\d+)><(\d+)>\}", question)
    region = [float(edge) for edge in numbers.groups()] if numbers else []
    subtask = re.match(r"\[(\w+)\]", question)
    key = f"{stem}-{sha256([question, [answer]])[:12]}"
    repeat = met[key]
    met[key] += 1
    return {
        "id": f"sarchat-2m/identification/train/{key}-{repeat}",
        "dataset": "sarchat-2m",
        "config": "identification",
        "split": "train",
        "task": "region",
        "subtask": subtask[1] if subtask else None,
        "task_origin": "prefix",
        "text_origin": "authors",
        "image_id": stem,
        **image,
        "question": question,
        "answers": [answer],
        "choices": [],
        "boxes": [],
        "region": region,
        "count": None,
        "geo": None,
        "source": {
            "dataset": "SARChat-Bench-2M",
            "split": "train",
            "file": TRAIN,
            "licence": "CC BY-NC 4.0",
            "imagery": None,
            "box_frame": "native pixels",
            "box_edges": "unknown",
        },
        "dialogue_id": None,
        "turn": None,
        "flags": [],
        "record": json.dumps(record, separators=(",", ":"), ensure_ascii=False),
        "sample_sha256": sha256([SCHEMA_VERSION, image["image_sha256"], question, [], region, [answer], [], None]),
    }


def sha256(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


if __name__ == "__main__":
    main()
