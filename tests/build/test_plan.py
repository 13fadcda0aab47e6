from pathlib import Path

import pytest

from sarbench.build.plan import make_plan
from sarbench.errors import InputError, UnknownNameError
from tests.build.fake import fake_source

SOURCE = fake_source({"a": {"train": (), "test": ()}, "b": {"test": ()}})
HERE = Path()


def test_all_that_the_files_give() -> None:
    plan = make_plan(SOURCE, HERE, None, None)
    assert plan.pairs == (("a", "train"), ("a", "test"), ("b", "test"))
    assert plan.missing == ("a/validation", "b/validation", "absent")
    assert plan.in_vain == ()


def test_what_was_named_and_is_not_there_is_told() -> None:
    plan = make_plan(SOURCE, HERE, ["a", "absent"], ["test", "validation"])
    assert plan.pairs == (("a", "test"),)
    assert plan.in_vain == ("a/validation", "absent")


def test_beginnings_of_names() -> None:
    assert make_plan(SOURCE, HERE, ["a"], ["test"]).pairs == (("a", "test"),)  # `a`, not `absent`
    assert make_plan(SOURCE, HERE, ["ab", "b"], None).pairs == (("b", "test"),)


def test_unknown_names() -> None:
    with pytest.raises(UnknownNameError, match="zebra"):
        make_plan(SOURCE, HERE, ["zebra"], None)
    with pytest.raises(UnknownNameError, match=r"there is no split 'tset' in a, b, absent.*Take one of train, test"):
        make_plan(SOURCE, HERE, None, ["tset"])


def test_nothing_there() -> None:
    with pytest.raises(InputError, match=r"has no files for absent\. Ask the authors"):
        make_plan(SOURCE, HERE, ["absent"], None)
