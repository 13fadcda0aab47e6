"""What the answers of a run were held against, compared with the rows that are built here.

The recorded hash of a sample says which question it was; that the target beside it is the one of that question can be
known only where the data lies.
"""

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

import msgspec

from sarbench import perturb
from sarbench.catalogue import TaskSpec
from sarbench.errors import InputError, UnknownNameError
from sarbench.questions.score import target_of
from sarbench.questions.truth import paper_of
from sarbench.retrieval import select
from sarbench.retrieval.gallery import read_gallery
from sarbench.runs.record import TaskRun
from sarbench.task_data import task_data, task_rows

_NAMES = ("id", "image_id", "width", "height", "target")

Line = Mapping[str, Any]


class Built(NamedTuple):
    """The built rows of a task as the lines of a run must show them, or why there are none."""

    rows: Iterable[Line] | None
    missing: str = ""


def built_rows(task: TaskRun, spec: TaskSpec | None, *, perturbation: str | None) -> Built:
    """Find the rows that a task was asked on.

    Args:
        task: The manifest's word on the task.
        spec: The task; None for retrieval, for which no task file stands.
        perturbation: That of the run: boxes and sizes are those of the image that the model saw.
    """
    try:
        if spec is None:
            (gallery,) = select([f"{task.dataset}/{task.config}/{task.split}"])
            digest = gallery.digest
        else:
            data = task_data(spec)
            digest = data.digest
    except (InputError, UnknownNameError):
        return Built(None, "its data is not built here")
    if digest != task.data_digest:
        return Built(None, "other data is built here")
    if spec is None:
        texts = read_gallery(gallery).texts
        return Built({**_of(text), "target": {"captions": [text.caption]}} for text in texts)
    seen = perturb.parse_spec(perturbation)
    rows = (perturb.changed_row(seen, row) for row in task_rows(data.spec))
    return Built({**_of_row(row), "target": target_of(row, spec.family)} for row in rows)


def target_fault(task: TaskRun, lines: Iterable[Line], rows: Iterable[Line]) -> str | None:
    """Say where the first line is that is not about the built row in its place; None where all are.

    Lines of a scorer that broke hold no target; they have failed, and are counted elsewhere.
    """
    for line, row in zip_longest(map(_written, lines), rows):
        if line is None or row is None:
            return f"{task.task}: it has more or fewer answers than there are built rows"
        for name in _NAMES:
            said, built = line[name], row[name]
            if name == "target":
                if said is None and line["outcome"] == "failed":
                    continue
                said, built = _with_paper(task, said), _with_paper(task, built)
            if said != built:
                return f"{task.task}: {name} of {line['id']} is not that of the built row: {_shown(said)}"
    return None


def _of(text: Any) -> dict[str, Any]:
    return {"id": text.id, "image_id": text.image_id, "width": text.width, "height": text.height}


def _of_row(row: Line) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "image_id", "width", "height")}


def _written(line: Line) -> dict[str, Any]:
    try:
        target = msgspec.json.decode(line["target"])
    except (msgspec.DecodeError, TypeError):
        target = line["target"]
    return {**line, "target": target}


def _with_paper(task: TaskRun, target: Any) -> Any:
    """Targets that were recorded before papers were named in them get theirs from the dataset, as in scoring."""
    if not isinstance(target, Mapping):
        return target
    # Through JSON and back: tuples are lists then, as in the record.
    return msgspec.json.decode(msgspec.json.encode({**paper_of({"dataset": task.dataset}), **target}))


def _shown(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 80 else f"{text[:77]}…"
