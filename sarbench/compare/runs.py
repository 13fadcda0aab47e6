"""`sarbench compare`: two run folders in, their comparison out."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from sarbench.catalogue import Catalogue, TaskSpec, read_catalogue
from sarbench.compare.comparison import Comparison, TaskComparison, compare_task, said_of, with_holm
from sarbench.compare.difference import Difference
from sarbench.compare.pairing import Answered, answered, paired
from sarbench.errors import InputError, UnknownNameError
from sarbench.questions.kinds import KINDS, rule_versions
from sarbench.questions.retrieval import is_retrieval
from sarbench.runs.asked import retrieval_spec
from sarbench.runs.checked import checked_lines
from sarbench.runs.record import Manifest, TaskRun
from sarbench.runs.sameness import OF_RUN, OF_TASK, Setting, differing
from sarbench.runs.store import Run, load_run, read_lines, samples_path

_COUNTED_OUT = frozenset({"number of answers"})
"""What is said by the samples that are left out."""

_Of = TypeVar("_Of", Manifest, TaskRun)

_UNKNOWN = "no task file of this version describes it, so its numbers cannot be paired"


def compare_runs(a: Path, b: Path, *, tasks: Sequence[str] | None = None, every: bool = False) -> Comparison:
    """Compare two runs on the tasks that both have.

    Args:
        a: Folder of run A.
        b: Folder of run B.
        tasks: Names, groups or wildcards; None: all that both have.
        every: Whether every strict metric that is a mean is compared beside the headline.

    Raises:
        InputError: A folder is no run, the two were scored by different rules, or no task can be compared.
        UnknownNameError: A task does not exist, or one of the runs does not have it.
        RunError: Samples cannot be read, are not those of the manifest, or differ in content under one id.
    """
    first, second = load_run(a), load_run(b)
    _same_rules(first, second)
    runs_a, runs_b = ({run.task: run for run in found.manifest.tasks} for found in (first, second))
    catalogue = _catalogue([*first.manifest.tasks, *second.manifest.tasks])
    shared = [name for name in runs_a if name in runs_b]
    chosen = _chosen(tasks, catalogue, [name for name in shared if name in catalogue.tasks], (first, second))
    refused = {name: _UNKNOWN for name in shared if not tasks and name not in catalogue.tasks}
    refused |= {spec.name: reason for spec in chosen if (reason := _incomparable(spec.name, first, second))}
    kept = [spec for spec in chosen if spec.name not in refused]
    if not kept:
        said = "; ".join(f"{name}: {reason}" for name, reason in refused.items()) or "they share no task"
        raise InputError(
            where=f"{a} and {b}", problem=f"cannot be compared ({said})", fix="Evaluate both on the same built data"
        )
    compared = [_compare(spec, first, second, runs_a[spec.name], runs_b[spec.name], every=every) for spec in kept]
    return Comparison(str(a), str(b), with_holm(compared), refused, _notes(first, second))


def _catalogue(recorded: Iterable[TaskRun]) -> Catalogue:
    """Return all tasks, and those of retrieval that the runs have."""
    known = read_catalogue()
    own = {run.task: retrieval_spec(run) for run in recorded if is_retrieval(run.task) and run.task not in known.tasks}
    return Catalogue({**known.tasks, **own}, known.groups)


def _chosen(
    tasks: Sequence[str] | None, catalogue: Catalogue, shared: Sequence[str], runs: tuple[Run, Run]
) -> tuple[TaskSpec, ...]:
    if tasks is None:
        return catalogue.select(shared) if shared else ()
    chosen = catalogue.select(tasks)
    for run in runs:
        lacking = [spec.name for spec in chosen if spec.name not in {task.task for task in run.manifest.tasks}]
        if lacking:
            fix = "Name tasks that both runs have"
            raise UnknownNameError(where=run.folder, problem=f"holds no {', '.join(lacking)}", fix=fix)
    return chosen


def _same_rules(a: Run, b: Run) -> None:
    """Facts that were read by different word lists differ for reasons that are not the models'."""
    if a.scores.rules != b.scores.rules:
        differ = sorted(
            name for name in {*a.scores.rules, *b.scores.rules} if a.scores.rules.get(name) != b.scores.rules.get(name)
        )
        raise InputError(
            where=f"{a.folder} and {b.folder}",
            problem=f"were scored by different versions of {', '.join(differ)}",
            fix="Run `sarbench score` on both folders first",
        )


def _incomparable(task: str, first: Run, second: Run) -> str | None:
    a, b = (next(run for run in found.manifest.tasks if run.task == task) for found in (first, second))
    if a.data_digest != b.data_digest:
        return f"other data (digest {a.data_digest[:8]} in A, {b.data_digest[:8]} in B)"
    if a.version.partition(".")[0] != b.version.partition(".")[0]:
        return f"task version {a.version} in A, {b.version} in B"
    for side, run in (("A", first), ("B", second)):
        if is_retrieval(task) and not _has_headline(run, task):
            return f"{side} holds no strict ranks, which `sarbench retrieve --protocols strict` makes"
    return None


def _has_headline(run: Run, task: str) -> bool:
    return any(score.headline for held in run.scores.tasks if held.task == task for score in held.scores)


def _compare(spec: TaskSpec, a: Run, b: Run, run_a: TaskRun, run_b: TaskRun, *, every: bool) -> TaskComparison:
    kind = KINDS[spec.family]
    pairs = paired(_answers(a, run_a, spec), _answers(b, run_b, spec), task=spec.name)
    differences, differing = compare_task(kind, pairs, every=every)
    return TaskComparison(
        task=spec.name,
        version=run_a.version,
        data_digest=run_a.data_digest,
        simulated=run_a.simulated or run_b.simulated,
        pairs=len(pairs.pairs),
        only_a=pairs.only_a,
        only_b=pairs.only_b,
        failed=pairs.failed,
        differences=differences,
        differing=tuple(differing),
        notes=(
            *_without_number(differences[0], len(pairs.pairs)),
            *_said(OF_TASK, run_a, run_b, known=_COUNTED_OUT),
            *_galleries(spec, run_a, run_b),
        ),
    )


def _without_number(headline: Difference, pairs: int) -> tuple[str, ...]:
    """Say why there is no number: no sample of both, or none that holds what the number is made from."""
    if headline.n:
        return ()
    if not pairs:
        return ("no sample has an answer that counts in both runs",)
    return (
        f"none of the {pairs} pairs holds what {headline.metric} is made from; run `sarbench score` on both folders",
    )


def _said(settings: Sequence[Setting[_Of]], a: _Of, b: _Of, *, known: Container[str] = ()) -> tuple[str, ...]:
    """Say which settings differ, but for those whose difference is known already."""
    apart = differing(settings, a, b)
    return said_of((setting.name, ours, theirs) for setting, ours, theirs in apart if setting.name not in known)


def _galleries(spec: TaskSpec, a: TaskRun, b: TaskRun) -> tuple[str, ...]:
    """Say how many texts were searched: what an encoder could not read is not in its gallery, which makes it easier."""
    searched = ("texts in the gallery", a.done - a.failed, b.done - b.failed)
    return said_of([searched]) if spec.family == "retrieval" else ()


def _answers(run: Run, task: TaskRun, spec: TaskSpec) -> Iterator[Answered]:
    lines = checked_lines(read_lines(run.folder, spec.name), task, samples_path(run.folder, spec.name))
    return (answered(line, KINDS[spec.family]) for line in lines)


def _notes(a: Run, b: Run) -> tuple[str, ...]:
    """Say what else differs between the runs; two models have two revisions, which tells nothing."""
    known = {"model", "revision"} if a.manifest.model.id != b.manifest.model.id else {"model"}
    rules = ("scored by sarbench", a.scores.sarbench_version, b.scores.sarbench_version)
    return (*_said(OF_RUN, a.manifest, b.manifest, known=known), *said_of([rules]), *_older(a.scores.rules))


def _older(rules: Mapping[str, str]) -> tuple[str, ...]:
    """Say that both runs were scored by rules, the same for both, that are not those of this version."""
    current = rule_versions()
    apart = sorted(name for name in {*rules, *current} if rules.get(name) != current.get(name))
    if not apart:
        return ()
    lists = ", ".join(apart)
    return (f"both were scored by another version of {lists} than this one's; `sarbench score` on both renews them",)
