"""A judge's verdicts in a submitted run: what is summed up of them must be what they are."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sarbench.runs.record import Manifest
from sarbench.runs.verdicts import TaskVerdicts, load_file, load_lines, load_spoken

_COUNTS = ("undecided", "right", "wrong", "unparsable", "unjudged")


def verdict_faults(run: Path, manifest: Manifest) -> Iterator[str]:
    """Yield where `verdicts.json` does not sum up the recorded verdicts, as sentences.

    Raises:
        InputError: The verdicts cannot be read, or one is not that of its reply.
    """
    tasks = {task.task for task in manifest.tasks}
    for told in load_file(run).tasks:
        if told.task not in tasks:
            yield f"{told.task}: a judge speaks of it, and it is no task of the run"
            continue
        load_spoken(run, told.task)  # holds every verdict against its reply
        counted = _counted(run, told)
        for name in _COUNTS:
            if getattr(told, name) != counted[name]:
                yield (
                    f"{told.task}: verdicts.json says {getattr(told, name)} {name} ({told.protocol}), its verdicts are "
                    f"{counted[name]}; run `sarbench judge` again, or delete verdicts and verdicts.json"
                )
                break


def _counted(run: Path, told: TaskVerdicts) -> Counter[str]:
    found: Counter[str] = Counter()
    for line in load_lines(run, told.task):
        by = (line["protocol"], line["model"], line["prompt_sha256"])
        if by != (told.protocol, told.judge.model, told.judge.prompt_sha256):
            continue
        found["undecided"] += 1
        if line["reply"] is None:
            found["unjudged"] += 1
        else:
            found[{True: "right", False: "wrong", None: "unparsable"}[line["verdict"]]] += 1
    return found
