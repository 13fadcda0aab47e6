"""The run record as a dataset: whole where the authors' texts may be shown, else without them."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow.parquet as pq
from huggingface_hub import DatasetCardData

from sarbench.export.publishable import may_show_texts
from sarbench.export.tables import to_markdown
from sarbench.questions.labels import OPEN
from sarbench.questions.retrieval import is_retrieval
from sarbench.runs.batches import BATCH, batched
from sarbench.runs.record import TaskRun
from sarbench.runs.samples import to_table
from sarbench.runs.stamp import stamp, stamped
from sarbench.runs.store import SCORES, Run, read_lines, samples_path
from sarbench.sources import CARDS

WITHHELD: Mapping[str, str | None] = MappingProxyType(
    {"prompt": None, "prediction": None, "target": "null", "parsed": "null"}
)
"""Columns that hold the authors' texts, or may quote them, and what stands there instead."""

RANKED: Mapping[str, str | None] = MappingProxyType({"prompt": None, "target": "null"})
"""The same of an encoder, whose "answers" are the ranks of its queries."""


def write_record(run: Run, out: Path) -> None:
    """Write the run as a dataset repository: one config a task, and manifest and scores beside them."""
    (out / "samples").mkdir(parents=True)
    shutil.copy2(run.folder / "manifest.json", out / "manifest.json")
    shutil.copy2(run.folder / SCORES, out / SCORES)
    for task in run.manifest.tasks:
        withheld = {} if may_show_texts(task) else RANKED if is_retrieval(task.task) else WITHHELD
        schema = stamped(stamp(task.task, task.data_digest))
        with pq.ParquetWriter(samples_path(out, task.task), schema, compression="zstd") as writer:
            for lines in batched(read_lines(run.folder, task.task), BATCH):
                writer.write_table(to_table(without_texts(line, withheld) for line in lines))
    (out / "README.md").write_text(_card(run), encoding="utf-8")


def without_texts(line: Mapping[str, Any], withheld: Mapping[str, str | None]) -> dict[str, Any]:
    """Take columns out of a line, and with any of them the facts that are named after a free text.

    >>> line = {"id": "a", "prompt": "Where?", "scores": {"exact": 0.0, "fn:~pond": 1.0, "fp:ship": 1.0}}
    >>> without_texts(line, {"prompt": None})
    {'id': 'a', 'prompt': None, 'scores': {'exact': 0.0, 'fp:ship': 1.0}}
    """
    facts = {name: value for name, value in line["scores"].items() if not withheld or f":{OPEN}" not in name}
    return {**line, **withheld, "scores": facts}


def _card(run: Run) -> str:
    data = DatasetCardData(
        license="other",
        pretty_name=f"{run.manifest.model.id} on SAR tasks: answers and scores",
        tags=["sarbench", "evaluation"],
        configs=[
            {"config_name": task.task, "data_files": [{"split": "answers", "path": f"samples/{task.task}.parquet"}]}
            for task in run.manifest.tasks
        ],
    )
    told = "\n".join(f"- {sentence}" for sentence in dict.fromkeys(map(_terms, run.manifest.tasks)))
    return (
        f"---\n{data.to_yaml()}\n---\n\n# {run.manifest.model.id}, run {run.manifest.run_id}\n\n"
        "The run record of sarbench: one config a task with a line an answer; how it was made is in `manifest.json`, "
        f"every number with its interval in `scores.json`.\n\n{told}\n\n{to_markdown(run)}"
    )


def _terms(task: TaskRun) -> str:
    card = CARDS.get(task.dataset)
    named = f"{card.title} ({card.licence})" if card else f"{task.dataset}, whose licence is not known here"
    if may_show_texts(task):
        return f"{named}: its questions and texts keep these terms."
    return f"{named}: its questions, texts and the answers to them are left out; ids, outcomes and scores are here."
