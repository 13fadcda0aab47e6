"""One run as tables: who ran what, how, on which data, and every score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sarbench.board.curves import Curve, curves
from sarbench.board.entries import Result
from sarbench.board.estimates import Estimate, estimate
from sarbench.board.judges import Remark, judged_beside, remark
from sarbench.board.names import metric_label
from sarbench.board.numbers import count, unit_text
from sarbench.board.wordings import Spread, spread
from sarbench.runs.record import Manifest, Score
from sarbench.runs.store import Run

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ScoreRow:
    """One line of a run's score table."""

    metric: str
    slice: str
    unit: str
    made: Estimate | None
    score: Score
    remark: Remark | None


@dataclass(frozen=True)
class RunPage:
    """A run's page."""

    run: Run
    provenance: tuple[tuple[str, Facts], ...]
    """Named tables of names and values."""
    scores: tuple[tuple[str, tuple[ScoreRow, ...]], ...]
    """By task."""
    curves: tuple[tuple[str, tuple[Curve, ...]], ...]
    """By task, of the tasks that have some."""
    spreads: tuple[tuple[str, Spread], ...]
    """By task, of the tasks that have one."""


def run_page(run: Run) -> RunPage:
    """Lay out a run record."""
    scores = tuple((scores.task, _score_rows(scores.scores)) for scores in run.scores.tasks)
    scored = {scores.task: scores for scores in run.scores.tasks}
    results = [Result(run, task, scored.get(task.task)) for task in run.manifest.tasks]
    return RunPage(
        run,
        _provenance(run.manifest),
        scores,
        curves=tuple((result.task.task, found) for result in results if (found := curves(result))),
        spreads=tuple((result.task.task, over) for result in results if (over := spread(result)) is not None),
    )


def parameters(number: int | None) -> str:
    """Write a parameter count as the field does.

    >>> parameters(7_241_000_000), parameters(149_000), parameters(None)
    ('7.2 B', '149 k', '')
    """
    if number is None:
        return ""
    for size, name in ((10**9, "B"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            scaled = number / size
            return f"{scaled:.1f} {name}" if scaled < 10 else f"{scaled:.0f} {name}"
    return count(number)


def _score_rows(scores: Sequence[Score]) -> tuple[ScoreRow, ...]:
    return tuple(
        ScoreRow(
            metric_label(score.metric, score.protocol),
            score.slice,
            unit_text(score.unit),
            estimate(score),
            score,
            remark(scores, score),
        )
        for score in judged_beside(scores)
    )


def _provenance(manifest: Manifest) -> tuple[tuple[str, Facts], ...]:
    model, backend, hardware = manifest.model, manifest.backend, manifest.hardware
    weights = {True: "open", False: "closed", None: ""}[model.open_weights]
    tables: list[tuple[str, list[tuple[str, str]]]] = [
        (
            "Model",
            [
                ("model", model.id),
                ("revision", model.revision or ""),
                ("parameters", parameters(model.parameters)),
                ("licence", model.licence or ""),
                ("weights", weights),
                ("trained on", ", ".join(model.training_sets)),
            ],
        ),
        (
            "Run",
            [
                ("run id", manifest.run_id),
                ("kind", manifest.kind),
                ("coordinates of boxes", manifest.coords),
                ("perturbation of images", manifest.perturbation or "none"),
                ("started", manifest.started),
                ("ended", manifest.ended),
                ("command", " ".join(manifest.command)),
                *_pairs("seed: ", {name: str(seed) for name, seed in manifest.seeds.items()}),
            ],
        ),
        (
            "Backend",
            [
                ("backend", backend.name),
                ("device", backend.device or ""),
                ("dtype", backend.dtype or ""),
                ("batch size", "" if backend.batch_size is None else str(backend.batch_size)),
                *_pairs("", backend.args),
                *_pairs("generation: ", backend.generation),
            ],
        ),
        (
            "Hardware",
            [
                ("CPU", f"{hardware.cpu}, {hardware.cores} cores"),
                ("memory", f"{hardware.memory_gib:.0f} GiB"),
                ("GPUs", ", ".join(hardware.gpus) or "none"),
            ],
        ),
        ("Packages", _pairs("", manifest.packages)),
    ]
    return tuple((name, tuple(pair for pair in pairs if pair[1])) for name, pairs in tables)


def _pairs(prefix: str, held: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(prefix + name, value) for name, value in sorted(held.items())]
