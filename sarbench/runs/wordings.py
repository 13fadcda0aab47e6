"""How much a score hangs on the wording of the prompt: runs of one model that differ in nothing else."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sarbench.errors import InputError
from sarbench.prompts import PARAPHRASES
from sarbench.runs.carried import headlines, with_findings
from sarbench.runs.record import Score, Wording, WordingSpread
from sarbench.runs.sameness import require_same
from sarbench.runs.store import WORDINGS, Run, change_scores, load_manifest, load_run


def wording_folder(run: Path, prompt: str) -> Path:
    """Return where the run under another wording lies in the folder of a run.

    It carries the run's name, which becomes the name of its own. One that is there under an older name is taken.
    """
    there = sorted((run / WORDINGS).glob(f"*-{prompt}"))
    return there[0] if there else run / WORDINGS / f"{run.resolve().name}-{prompt}"


def wordings_inside(run: Path) -> list[Path]:
    """Return the runs under other wordings that lie in the folder of a run, in the order of the wordings."""
    folders = (wording_folder(run, prompt) for prompt in PARAPHRASES)
    return [folder for folder in folders if (folder / "manifest.json").is_file()]


def wording_spreads(base: Path, others: Sequence[Path]) -> tuple[WordingSpread, ...]:
    """Set the headlines of runs under different wordings side by side.

    Args:
        base: Folder of a run; the one that the result is about.
        others: Folders of runs of the same model on the same samples, each under another wording.

    Returns:
        One spread a task of `base` that another run holds too, with the wordings in the order of
        `sarbench.prompts.PARAPHRASES`. A wording that the task was not asked under, or not scored, has no value.

    Raises:
        InputError: A folder is no run, a prompt is no wording, two runs have the same one, or a run differs from the
            first one in more than that.
    """
    first = load_run(base)
    by_prompt = {_prompt(first): first}
    for folder in others:
        run = load_run(folder)
        prompt = _prompt(run)
        if prompt in by_prompt:
            problem = f"has the wording {prompt}, as {by_prompt[prompt].folder} has"
            raise InputError(where=folder, problem=problem, fix="Give one run of each")
        require_same(run, first, apart_from="--prompt")
        by_prompt[prompt] = run
    if len(by_prompt) < 2:
        fix = "Give runs under other wordings too, or evaluate with --prompt all"
        raise InputError(where=base, problem=f"is the only run, under the wording {_prompt(first)}", fix=fix)
    ordered: dict[str, Run] = {prompt: by_prompt[prompt] for prompt in PARAPHRASES if prompt in by_prompt}
    heads = {prompt: headlines(run.scores) for prompt, run in ordered.items()}
    return tuple(
        _spread(head, ordered, heads)
        for task, head in headlines(first.scores).items()
        if sum(task in of_run for of_run in heads.values()) > 1
    )


def record_wordings(run: Path, spreads: Sequence[WordingSpread]) -> None:
    """Write spreads into the `scores.json` of the run that they are about, in place of those of the same tasks.

    Raises:
        InputError: The run cannot be read, or is being written by another process.
    """
    manifest = load_manifest(run)
    change_scores(run, lambda scores: with_findings(scores, manifest, wordings=spreads))


def _prompt(run: Run) -> str:
    """Return the one wording that a run asked under."""
    prompts = dict.fromkeys(task.prompt_id for task in run.manifest.tasks)
    if len(prompts) != 1 or not prompts.keys() <= set(PARAPHRASES):
        problem = f"has the prompt {' and '.join(prompts) or 'none'}, which is no wording of the zero-shot prompt"
        raise InputError(where=run.folder, problem=problem, fix=f"Give runs with --prompt {', '.join(PARAPHRASES)}")
    return next(iter(prompts))


def _spread(head: Score, runs: Mapping[str, Run], heads: Mapping[str, Mapping[str, Score]]) -> WordingSpread:
    found = [heads[prompt].get(head.task) for prompt in runs]
    values = [None if score is None else score.value for score in found]
    known = [value for value in values if value is not None]
    whole = len(known) == len(values)
    return WordingSpread(
        task=head.task,
        metric=head.metric,
        unit=head.unit,
        higher_is_better=head.higher_is_better,
        wordings=tuple(
            Wording(prompt_id=prompt, run_id=run.manifest.run_id, value=value)
            for (prompt, run), value in zip(runs.items(), values, strict=True)
        ),
        mean=sum(known) / len(known) if whole else None,
        lowest=min(known) if whole else None,
        highest=max(known) if whole else None,
    )
