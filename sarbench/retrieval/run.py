"""A whole run: every task embedded, ranked, recorded and scored."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sarbench import paths
from sarbench._version import __version__
from sarbench.errors import RunError, UnknownNameError
from sarbench.files import locked
from sarbench.questions.kinds import rule_versions
from sarbench.questions.retrieval import VERSION
from sarbench.retrieval.embedding import Batches, embedded
from sarbench.retrieval.encoder import Encoder
from sarbench.retrieval.gallery import Gallery, read_gallery
from sarbench.retrieval.lines import PROMPT_ID, PROMPT_VERSION, lines
from sarbench.retrieval.ranking import Ranked, ranked
from sarbench.retrieval.scoring import score_queries
from sarbench.retrieval.tasks import RetrievalTask
from sarbench.runs.environment import hardware, now, package_versions
from sarbench.runs.record import BackendInfo, Manifest, Scores, TaskRun
from sarbench.runs.samples import to_table
from sarbench.runs.store import load_manifest, read_lines, save_manifest, save_samples, save_scores

PROTOCOLS = ("strict", "paper")
"""All protocols of retrieval, the one that ranks first."""

Progress = Callable[[RetrievalTask, str, int, int], None]
"""Called with the task, what is embedded (`images` or `texts`), how many came in, and how many there are."""


@dataclass(frozen=True, kw_only=True)
class Retrieval:
    """What `sarbench retrieve` was asked for."""

    encoder: Encoder
    tasks: Sequence[RetrievalTask]
    out: Path
    batch_size: int = 64
    protocols: Sequence[str] = PROTOCOLS
    cache: Path | None = None
    """Where embeddings are kept; by default `embeddings/` under `$SARBENCH_HOME`."""
    command: tuple[str, ...] = ()


def retrieve(asked: Retrieval, *, progress: Progress = lambda task, kind, done, total: None) -> Manifest:
    """Retrieve with one encoder from every task and write the run record, scores included.

    The same command again goes on where it was stopped: embeddings that lie in the cache are not made again. Memory
    holds the embeddings of one task and one tile of similarities (see `sarbench.metrics.retrieval.scores`).

    Raises:
        UnknownNameError: A protocol does not exist.
        InputError: The rows of a task have no images or no captions, or another process writes to `out`.
        RunError: `out` holds another run, or the encoder gives no numbers.
    """
    protocols = _protocols(asked.protocols)
    galleries = [read_gallery(task) for task in asked.tasks]
    asked.out.mkdir(parents=True, exist_ok=True)
    with locked(asked.out, problem="is being written by another evaluation"):
        _check_out(asked)
        started, notes, runs = now(), list[str](), list[TaskRun]()
        batches = Batches(asked.batch_size)
        for gallery in galleries:
            began = datetime.now(UTC)
            found = _answer(asked, gallery, protocols, batches, progress)
            table = to_table(lines(gallery, found))
            save_samples(asked.out, gallery.task.recorded, table, data_digest=gallery.task.digest)
            runs.append(_task_run(gallery, found, began))
            notes += _notes(gallery, asked.encoder, found)
        manifest = _manifest(asked, runs, started, (*notes, *batches.notes))
        save_manifest(asked.out, manifest)
        save_scores(asked.out, _scores(asked.out, manifest))
    return manifest


def _protocols(wanted: Sequence[str]) -> tuple[str, ...]:
    for protocol in wanted:
        if protocol not in PROTOCOLS:
            fix = f"Use {' or '.join(PROTOCOLS)}"
            raise UnknownNameError(where=f"protocol {protocol!r}", problem="is none of retrieval", fix=fix)
    return tuple(protocol for protocol in PROTOCOLS if protocol in wanted)


def _check_out(asked: Retrieval) -> None:
    """Replace the same run and no other."""
    if not (asked.out / "manifest.json").is_file():
        return
    old = load_manifest(asked.out)
    model = asked.encoder.model
    if (old.model.id, old.model.revision, old.backend.name) != (model.id, model.revision, asked.encoder.backend):
        raise RunError(where=asked.out, problem=f"holds another run, of {old.model.id}", fix="Give another --out")
    left = {run.task for run in old.tasks} - {task.recorded for task in asked.tasks}
    if left:
        fix = "Name its tasks too, or give another --out"
        raise RunError(where=asked.out, problem=f"holds results of {', '.join(sorted(left))}", fix=fix)


def _answer(
    asked: Retrieval, gallery: Gallery, protocols: Sequence[str], batches: Batches, progress: Progress
) -> Ranked:
    images, captions = embedded(
        gallery,
        asked.encoder,
        asked.cache or paths.home() / "embeddings",
        batches,
        lambda kind, done, total: progress(gallery.task, kind, done, total),
    )
    device = asked.encoder.device
    return ranked(gallery, images, captions, protocols=protocols, device=None if device == "cpu" else device)


def _notes(gallery: Gallery, encoder: Encoder, found: Ranked) -> Iterator[str]:
    """Say what a reader must know of a task before trusting its numbers."""
    name = gallery.task.name
    cut = sum(length > encoder.longest for length in encoder.tokens(gallery.captions))
    if cut:
        yield f"{name}: {cut} of {len(gallery.captions)} captions are longer than {encoder.longest} tokens and were cut"
    scores = next(iter(found.found.values()))
    if scores.captions < scores.texts:
        yield f"{name}: its {scores.texts} texts are {scores.captions} different captions"
    if lost := len(gallery.texts) - len(found.texts):
        yield f"{name}: {lost} texts have no caption or no readable image and were left out of the gallery"


def _task_run(gallery: Gallery, found: Ranked, began: datetime) -> TaskRun:
    task, ended = gallery.task, datetime.now(UTC)
    return TaskRun(
        task=task.recorded,
        version=VERSION,
        dataset=task.dataset,
        config=task.config,
        split=task.split,
        data_digest=task.digest,
        simulated=task.simulated,
        prompt_id=PROMPT_ID,
        prompt_version=PROMPT_VERSION,
        samples=len(gallery.texts),
        done=len(gallery.texts),
        failed=len(gallery.texts) - len(found.texts),
        started=began.isoformat(timespec="seconds"),
        ended=ended.isoformat(timespec="seconds"),
        seconds=round((ended - began).total_seconds(), 2),
    )


def _manifest(asked: Retrieval, runs: Sequence[TaskRun], started: str, notes: tuple[str, ...]) -> Manifest:
    encoder = asked.encoder
    return Manifest(
        run_id=asked.out.resolve().name,
        kind="model",
        model=encoder.model,
        backend=BackendInfo(
            name=encoder.backend,
            args={name: value for name, value in encoder.key.items() if name not in ("backend", "dtype")},
            batch_size=asked.batch_size,
            device=encoder.device,
            dtype=encoder.key["dtype"],
        ),
        coords="pixel",
        packages=package_versions(),
        hardware=hardware(),
        command=asked.command,
        started=started,
        ended=now(),
        tasks=tuple(runs),
        notes=notes,
    )


def _scores(out: Path, manifest: Manifest) -> Scores:
    tasks = tuple(score_queries(run.task, read_lines(out, run.task)) for run in manifest.tasks)
    return Scores(sarbench_version=__version__, rules=rule_versions(), tasks=tasks)
