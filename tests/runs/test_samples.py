"""Recorded lines that are read again."""

import json
from dataclasses import replace

import pytest

from sarbench.catalogue import read_catalogue
from sarbench.prompts import PROMPT_IDS, render
from sarbench.questions.family import Family
from sarbench.runs.samples import rescore_all, sample
from tests.questions.rows import ROWS

COUNTING = read_catalogue().tasks["sarbench_sarchat_rebuilt_counting"]


@pytest.mark.parametrize("prompt", PROMPT_IDS)
@pytest.mark.parametrize("kind", ["counting", "vqa"])
def test_a_record_from_before_targets_named_their_class_reads_as_a_new_one(kind: Family, prompt: str) -> None:
    """The answer names two classes, of which only the question tells the right one."""
    row = ROWS["counting"] | {"answers": ["2"]}
    new = sample(row, kind, render(row, prompt=prompt), "2 ships and 3 planes", coords="pixel", perturbation=None)
    target = json.loads(new["target"])
    assert target.pop("asked") == "ship"
    old = new | {"target": json.dumps(target)}
    (again,) = rescore_all([old], replace(COUNTING, family=kind))
    assert again == old
    assert again["scores"]["exact"] == 1.0
