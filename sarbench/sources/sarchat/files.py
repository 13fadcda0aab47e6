"""Which of SARChat's files is which: one train file, nine test files.

Names: `SARChat_total_task_train_modified.json` (train scripts) and `SARChat_classify_count_test.json` and its like
(infer/swift-eval.py). `classify` in a test file's name is a common stem: the task is the word behind it, and a name
with nothing behind it is classification. Results of inference, named after the test files, are not taken for them.
"""

import re
from dataclasses import dataclass

from sarbench.errors import InputError
from sarbench.sources.reading.files import DataFile, DataFolder, plain, unpacked_first

_TEST_NAME = re.compile(
    r"sarchat(?:classify)?(?P<task>count|grounding|identify|refer|describe|classify)?(?P<targets>multi|single)?test(?:modified)?"
)
_TRAIN_NAME = re.compile(r"sarchat.*train.*")
_CONFIGS_OF_WORDS = {
    "classify": "classification",
    "count": "counting",
    "describe": "description",
    "grounding": "grounding",
    "identify": "identification",
    "refer": "referring",
}


@dataclass(frozen=True)
class TextFile:
    """One text file; `config` and `subtask` are None for the train file, which holds all tasks."""

    file: DataFile
    split: str
    config: str | None = None
    subtask: str | None = None


def find_texts(folder: DataFolder) -> tuple[TextFile, ...]:
    """Return the authors' text files in the order of their names.

    Raises:
        InputError: Two files stand for the same task and split.
    """
    found: dict[tuple[str, str | None], list[TextFile]] = {}
    for file in folder.files:
        if file.suffix in (".json", ".jsonl") and (text := text_file(file)):
            found.setdefault((text.split, text.subtask), []).append(text)
    chosen = []
    for (split, subtask), texts in found.items():
        files = unpacked_first([text.file for text in texts])
        if len(files) > 1:
            problem = (
                f"several files hold {subtask or 'the texts'} of {split}: {', '.join(file.name for file in files)}"
            )
            raise InputError(where=folder.root, problem=problem, fix="Keep one of them in the data folder")
        chosen += [text for text in texts if text.file == files[0]]
    return tuple(sorted(chosen, key=lambda text: text.file.name))


def text_file(file: DataFile) -> TextFile | None:
    """Tell from its name what a file holds, or None where it is none of the authors' text files."""
    name = plain(file.stem)
    if found := _TEST_NAME.fullmatch(name):
        word = found["task"] or "classify"
        subtask = f"{word}_{found['targets']}" if found["targets"] else word
        return TextFile(file, "test", _CONFIGS_OF_WORDS[word], subtask)
    return TextFile(file, "train") if _TRAIN_NAME.fullmatch(name) else None
