"""Floors: answers that need no image and no model, as runs like any other.

`majority` always gives the most frequent answer of the training split, `prior` draws one of its answers (for the class
that the question names, where it names one), `random` draws without looking at how often anything occurs. Every draw
is seeded by the run's seed and the sample's id, so a floor is the same bit by bit on every machine and in any order.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import numpy as np

from sarbench.answers import parse
from sarbench.answers.synonyms import CLASSES, SIZES
from sarbench.catalogue import TaskSpec
from sarbench.errors import RunError
from sarbench.hub.lookup import rows as read_rows
from sarbench.prompts import render
from sarbench.questions.family import Family
from sarbench.questions.score import target_of
from sarbench.runs.environment import hardware, package_versions
from sarbench.runs.record import BackendInfo, Manifest, ModelInfo, TaskRun
from sarbench.runs.samples import sample, to_table
from sarbench.runs.scoring import score_run
from sarbench.runs.store import load_manifest, save_manifest, save_samples
from sarbench.task_data import task_data

Floor = Literal["majority", "prior", "random"]
FLOORS: tuple[Floor, ...] = get_args(Floor)

_DRAWS = 16
"""Draws before looking for an item of another image by going through all of them."""

_MOST_BOXES = 100
"""Boxes in a random answer, whatever number the question names."""

_POSITIONS = tuple(f"{row} {column}" for row in ("top", "middle", "bottom") for column in ("left", "center", "right"))

T = TypeVar("T")
Row = dict[str, Any]
Answerer = Callable[[Row, np.random.Generator], str]
Progress = Callable[[TaskSpec, int, int], None]


@dataclass(frozen=True)
class Known:
    """A training item with its target, and the class that its question names."""

    row: Row
    target: dict[str, Any]
    asked: str | None


def floor_run(
    floor: Floor,
    tasks: Sequence[TaskSpec],
    out: Path,
    *,
    seed: int = 0,
    command: tuple[str, ...] = (),
    progress: Progress = lambda spec, done, total: None,
) -> Manifest:
    """Answer every task with one floor and write the run record to `out`, scores included.

    Raises:
        InputError: The data of a task is not built.
        RunError: `out` holds the run of a model.
    """
    if (out / "manifest.json").is_file() and load_manifest(out).kind != "floor":
        raise RunError(where=out, problem="holds the run of a model", fix="Give another --out")
    started = _now()
    done: list[TaskRun] = []
    notes: list[str] = []
    for spec in tasks:
        run, note = _answer_task(floor, spec, out, seed, progress)
        done.append(run)
        notes += [note] if note else []
    manifest = Manifest(
        run_id=out.name,
        kind="floor",
        model=ModelInfo(id=f"floor/{floor}", open_weights=True),
        backend=BackendInfo(name="floor", args={"floor": floor}),
        coords="pixel",
        seeds={"floor": seed},
        packages=package_versions(("numpy",)),
        hardware=hardware(),
        command=command,
        started=started,
        ended=_now(),
        tasks=tuple(done),
        notes=tuple(notes),
    )
    save_manifest(out, manifest)
    score_run(out)
    return manifest


def _answer_task(floor: Floor, spec: TaskSpec, out: Path, seed: int, progress: Progress) -> tuple[TaskRun, str | None]:
    began = datetime.now(UTC)
    data = task_data(spec)
    known_split = next(split for split in ("train", "validation", spec.split) if split in data.splits)
    known = [_known(row) for row in read_rows(data.folder, spec.config, known_split)]
    answer = answerer(floor, spec.family, known)
    lines = []
    for done, row in enumerate(read_rows(data.folder, spec.config, spec.split), start=1):
        text = answer(row, _generator(seed, floor, row["id"]))
        prompt = render(row)
        lines.append(sample(row, spec.family, prompt, text, coords="pixel", perturbation=None))
        progress(spec, done, data.rows)
    save_samples(out, spec.name, to_table(lines))
    # Train, then validation; the test split itself only where nothing else is built, and then the run says so.
    note = None
    if known_split == spec.split:
        note = f"{spec.name}: nothing but the test split is built, so the floor took its answers from it"
    return data.run(prompt="sarbench", done=len(lines), failed=0, started=began), note


def _known(row: Row) -> Known:
    return Known(row, target_of(row), asked_class(row["question"]))


def asked_class(question: str | None) -> str | None:
    """Tell which one of the six classes a question names, if it names just one."""
    named: str | None = parse(question or "", kind="label", choices=CLASSES).value
    return named


def answerer(floor: Floor, kind: Family, known: Sequence[Known]) -> Answerer:
    """Make the function that answers a question of this kind by this floor, in words that `sarbench.answers` reads."""
    match kind:
        case "classification":
            return _choose(
                floor, known, lambda k: tuple(k.target["labels"]), ", ".join, lambda rng: [rng.choice(CLASSES)]
            )
        case "counting":
            most = max((k.target["count"] for k in known), default=1)
            return _choose(floor, known, lambda k: k.target["count"], str, lambda rng: int(rng.integers(1, most + 1)))
        case "identification":
            return _choose(floor, known, lambda k: _fields(k.target["fields"]), _sentence, _random_fields)
        case "description":
            mentions = lambda k: tuple(tuple(m) for m in k.target["mentions"])  # noqa: E731
            return _choose(floor, known, mentions, _describe, lambda rng: [_random_mention(rng)])
        case "grounding" | "referring":
            return _boxes(floor, known)
        case "presence":
            return _choose(floor, known, _short, str, lambda rng: str(rng.choice(("yes", "no"))))
        case "position":
            return _choose(floor, known, _short, str, lambda rng: str(rng.choice(_POSITIONS)))
        case "region":
            return _choose(floor, known, _short, str, lambda rng: str(rng.choice(CLASSES)))
        case "vqa" | "caption" | "field":
            different = sorted({_short(k) for k in known}) or [""]
            return _choose(floor, known, _short, str, lambda rng: different[int(rng.integers(len(different)))])


def _short(known: Known) -> str:
    """The answer of a training item in a few words: as it is read where it can be, else as it stands there."""
    target = known.target
    if target.get("labels"):
        return str(target["labels"][0])
    found = target.get("answer") or target.get("position") or target.get("text") or (target.get("captions") or [""])[0]
    return str(found)


def _choose(
    floor: Floor,
    known: Sequence[Known],
    value: Callable[[Known], Any],
    text: Callable[[Any], str],
    draw: Callable[[np.random.Generator], Any],
) -> Answerer:
    """Answer with the most frequent value, a value drawn from those known, or a value drawn from nothing."""
    if floor == "random":
        return lambda row, rng: text(draw(rng))
    if floor == "majority":
        common = _most_common(value(k) for k in known)
        return lambda row, rng: text(common)
    draw_known = _drawer(known, value)
    return lambda row, rng: text(draw_known(row, rng))


def _drawer(known: Sequence[Known], value: Callable[[Known], T]) -> Callable[[Row, np.random.Generator], T]:
    """Draw the value of a training item whose question names the same class, never one of the same image."""
    by_class: dict[str | None, list[tuple[str | None, T]]] = {}
    for k in known:
        by_class.setdefault(k.asked, []).append((k.row["image_id"], value(k)))
    everything = [pair for pairs in by_class.values() for pair in pairs]

    def draw(row: Row, rng: np.random.Generator) -> T:
        same = by_class.get(asked_class(row["question"])) or everything
        for _ in range(_DRAWS):
            image, drawn = same[int(rng.integers(len(same)))]
            if image != row["image_id"]:
                return drawn
        others = [drawn for image, drawn in everything if image != row["image_id"]] or [drawn]
        return others[int(rng.integers(len(others)))]

    return draw


def _most_common(values: Iterable[Any]) -> Any:
    """The most frequent value; ties go to the smaller one, so that the order of the file does not matter."""
    counted = Counter(values)
    return min(counted, key=lambda v: (-counted[v], str(v)))


def _boxes(floor: Floor, known: Sequence[Known]) -> Answerer:
    """Boxes as shares of the image, with their labels, from the training items."""
    every = [_relative(k.row, box) for k in known for box in k.target["boxes"]]
    sizes = np.array([[x2 - x1, y2 - y1] for _, (x1, y1, x2, y2) in every])
    if floor == "majority" and every:
        label, (width, height) = _most_common(name for name, _ in every), np.median(sizes, axis=0)
        middle = (0.5 - width / 2, 0.5 - height / 2, 0.5 + width / 2, 0.5 + height / 2)
        return lambda row, rng: _box_lines(row, [(label, middle)])

    if floor == "prior" and known:
        drawn = _drawer(known, lambda k: [_relative(k.row, box) for box in k.target["boxes"]])
        return lambda row, rng: _box_lines(row, drawn(row, rng))

    def answer(row: Row, rng: np.random.Generator) -> str:
        wanted = parse(row["question"], kind="count").value if asked_class(row["question"]) else 1
        return _box_lines(row, [_random_box(rng, sizes) for _ in range(min(wanted or 1, _MOST_BOXES))])

    return answer


def _relative(row: Row, box: dict[str, Any]) -> tuple[str, tuple[float, ...]]:
    scale = (row["width"], row["height"], row["width"], row["height"])
    return box["label"] or "", tuple(edge / side for edge, side in zip(box["xyxy"], scale, strict=True))


def _random_box(rng: np.random.Generator, sizes: Any) -> tuple[str, tuple[float, ...]]:
    if not len(sizes):
        sizes = np.array([[0.1, 0.1]])  # no training item has a box: a tenth of each side
    width, height = np.minimum(sizes[int(rng.integers(len(sizes)))], 1.0)
    x, y = rng.uniform(0, 1 - width), rng.uniform(0, 1 - height)
    return str(rng.choice(CLASSES)), (x, y, x + width, y + height)


def _box_lines(row: Row, boxes: Iterable[tuple[str, Sequence[float]]]) -> str:
    scale = (row["width"], row["height"], row["width"], row["height"])
    return "\n".join(
        f"{label} [{', '.join(f'{share * side:.1f}' for share, side in zip(box, scale, strict=True))}]"
        for label, box in boxes
    )


def _fields(fields: dict[str, str | None]) -> tuple[str | None, str | None, str | None]:
    return fields.get("category"), fields.get("size"), fields.get("position")


def _random_fields(rng: np.random.Generator) -> tuple[str, str, str]:
    return str(rng.choice(CLASSES)), str(rng.choice(tuple(SIZES))), str(rng.choice(_POSITIONS))


def _sentence(fields: tuple[str | None, str | None, str | None]) -> str:
    category, size, position = fields
    return f"A {size} {category} is in the {position} of the image."


def _random_mention(rng: np.random.Generator) -> tuple[str, str]:
    return str(rng.choice(CLASSES)), str(rng.choice(_POSITIONS))


def _describe(mentions: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"A {category} is in the {position} of the image." for category, position in mentions)


def _generator(seed: int, floor: Floor, sample_id: str) -> np.random.Generator:
    digest = hashlib.sha256(f"{seed}/{floor}/{sample_id}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
