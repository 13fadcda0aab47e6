"""`sarbench eval --prompt all`: one run for every wording of the prompt, one after the other.

The run in `out` has the default wording, and the others lie in its folder `wordings`: for the board, for `submit` and
for every other command there is one result. Each is a whole run by itself, with its own manifest, samples and scores.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from sarbench.catalogue import TaskSpec
from sarbench.errors import RunError
from sarbench.lmms.evaluation import Evaluation
from sarbench.lmms.job import Event
from sarbench.lmms.launcher import Listener, evaluate
from sarbench.prompts import PARAPHRASES
from sarbench.runs.record import Manifest
from sarbench.runs.wordings import record_wordings, wording_folder, wording_spreads

WordingListener = Callable[[str, TaskSpec, Event], None]


def evaluate_wordings(
    asked: Evaluation, *, listen: WordingListener = lambda prompt, spec, event: None
) -> Mapping[Path, Manifest]:
    """Evaluate a model under every wording, and write the spread of its headlines into the scores of the first run.

    With `resume`, wordings that are whole are kept, and the one that was stopped goes on where it was.

    Args:
        asked: What to evaluate; the prompt in its settings is not looked at.
        listen: Called with the prompt id, the task and the event.

    Returns:
        The folder and the manifest of every run, in the order of `sarbench.prompts.PARAPHRASES`.

    Raises:
        SarbenchError: As `sarbench.lmms.launcher.evaluate`. The wordings before are kept, those behind not begun.
    """
    first, *others = PARAPHRASES
    folders: dict[str, Path] = {first: asked.out, **{prompt: wording_folder(asked.out, prompt) for prompt in others}}
    if not asked.resume:  # the last of them would say so when the others are done
        _require_none(folders)
    made: dict[Path, Manifest] = {}
    for prompt, folder in folders.items():
        settings = replace(asked.settings, prompt=prompt)
        made[folder] = evaluate(replace(asked, out=folder, settings=settings), listen=_naming(prompt, listen))
    record_wordings(asked.out, wording_spreads(asked.out, [folders[prompt] for prompt in others]))
    return made


def _require_none(folders: Mapping[str, Path]) -> None:
    for folder in folders.values():
        if (folder / "manifest.json").exists() or any(folder.glob("parts/*/*.parquet")):
            fix = "Give --resume to go on with it, or another --out"
            raise RunError(where=folder, problem="holds a run already", fix=fix)


def _naming(prompt: str, listen: WordingListener) -> Listener:
    return lambda spec, event: listen(prompt, spec, event)
