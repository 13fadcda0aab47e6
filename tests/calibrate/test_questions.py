"""Which questions a model is asked to calibrate on: for boxes, and never of a test split."""

import pytest

from sarbench.calibrate import box_tasks
from sarbench.errors import InputError, UnknownNameError

REFERRING = "sarbench_sarchat_rebuilt_referring"
GROUNDING = "sarbench_sarchat_rebuilt_grounding"


def test_a_group_gives_its_tasks_that_ask_for_boxes() -> None:
    assert {spec.name for spec in box_tasks(["sarbench_sarchat_rebuilt"])} == {REFERRING, GROUNDING}
    assert {spec.family for spec in box_tasks(["sarbench"])} == {"grounding", "referring"}


def test_a_lite_task_stands_for_its_whole_one_once() -> None:
    (spec,) = box_tasks([f"{REFERRING}_lite", REFERRING])
    assert (spec.name, spec.config) == (REFERRING, "rebuilt-referring")
    whole = {spec.config for spec in box_tasks(["sarbench_lite"])}
    assert whole
    assert not any(config.endswith("-lite") for config in whole)


def test_validation_comes_first_and_test_never() -> None:
    (free,) = box_tasks([REFERRING])
    assert free.splits == ("validation", "train")
    (fixed,) = box_tasks([REFERRING], split="train")
    assert fixed.splits == ("train",)
    for name in ("test", "test+train", ""):
        with pytest.raises(InputError, match="never chosen on the items that runs are ranked by"):
            box_tasks([REFERRING], split=name)


def test_tasks_without_boxes_are_refused_by_name_alone() -> None:
    with pytest.raises(UnknownNameError, match="rebuilt_counting: asks for no boxes"):
        box_tasks([REFERRING, "sarbench_sarchat_rebuilt_counting"])
    with pytest.raises(UnknownNameError, match="sarbench_sarlang: asks for no boxes"):
        box_tasks(["sarbench_sarlang"])
    with pytest.raises(UnknownNameError, match="Did you mean"):
        box_tasks(["sarbench_sarchat_rebuilt_refering"])
