"""What `sarbench retrieve` can run, as `sarbench tasks` lists it: no task file stands for it, built captions do."""

from typing import Any


def listed() -> list[dict[str, Any]]:
    """Return every split of captions that is built, and what the datasets have for retrieval and is not built.

    Names are those of `sarbench retrieve --tasks`; `recorded` is what a run, `compare` and `score RUN` call the task.
    """
    from sarbench.build import read_index
    from sarbench.retrieval.tasks import available
    from sarbench.sources import CARDS
    from sarbench.task_data import build_command

    found: dict[tuple[str, str, str], str | None] = {}
    for task in available():
        images = read_index(task.folder).configs[task.config][task.split].images
        why = None if images else "its images are not there. Give them together with the texts, and build it again"
        found[task.dataset, task.config, task.split] = why
    there = {place[:2] for place in found}
    for dataset, card in CARDS.items():
        for config in card.configs:
            if config.task == "retrieval" and (dataset, config.name) not in there:
                found[dataset, config.name, "test"] = f"Build it: `{build_command(dataset, [config.name], lite=None)}`"
    return [_entry(*place, why) for place, why in sorted(found.items())]


def _entry(dataset: str, config: str, split: str, why: str | None) -> dict[str, Any]:
    from sarbench.questions.retrieval import VERSION, task_name

    return {
        "name": f"{dataset}/{config}/{split}",
        "recorded": task_name(dataset, config, split),
        "dataset": dataset,
        "config": config,
        "split": split,
        "family": "retrieval",
        "version": VERSION,
        "asks": None,
        "built": why is None,
        "why_not": why,
        "run_by": "sarbench retrieve",
    }


def recorded(name: str) -> str:
    """Return what a run calls a task of `sarbench retrieve`; any other name as it is, wildcards too.

    >>> recorded("sar-text/retrieval-*/test"), recorded("sarbench_lite")
    ('sarbench_sartext_retrieval_*_test', 'sarbench_lite')
    >>> recorded("sar-text/retrieval-hrsid")
    'sarbench_sartext_retrieval_hrsid_test'
    """
    from sarbench.questions.retrieval import task_name

    parts = name.split("/")
    if len(parts) == 2:
        parts.append("test")
    return task_name(*parts) if len(parts) == 3 else name


def means_retrieval(name: str) -> bool:
    """Tell whether a name is meant for retrieval, of which the catalogue knows nothing.

    >>> [means_retrieval(name) for name in ("retrieval", "sar-text/retrieval-hrsid", "sarbench_lite")]
    [True, True, False]
    """
    from sarbench.questions.retrieval import is_retrieval

    return name == "retrieval" or is_retrieval(recorded(name))
