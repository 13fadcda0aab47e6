"""What `sarbench eval` says of `--perturb`."""

import re
from typing import get_args

import pytest

from sarbench.cli.evaluation import Perturb, _no_severity
from sarbench.perturb import LEVELS, parse_spec
from tests.cli.commands import run


@pytest.mark.parametrize("spec", ["speckle:L=3", "speckle:L=1+gsd:factor=2", "ghost"])
def test_what_is_no_severity_is_said_with_those_there_are(spec: str) -> None:
    said = _no_severity(spec)
    name = spec.partition(":")[0]
    assert said.startswith(f"--perturb {spec}")
    assert said.endswith(", ".join(LEVELS[name]))


def test_it_is_said_before_anything_is_asked() -> None:
    asked = ("eval", "--model", "llava_hf", "--tasks", "sarbench_none", "--out", "x", "--perturb", "speckle:L=3")
    said = run(*asked).stderr
    assert said.index("is no standard severity") < said.index("sarbench_none")


@pytest.mark.parametrize("spec", [None, *(level for levels in LEVELS.values() for level in levels)])
def test_of_a_severity_nothing_is_said(spec: str | None) -> None:
    assert _no_severity(spec) == ""


def test_the_help_lists_every_severity() -> None:
    listed, _, _ = get_args(Perturb)[1].help.partition(": the severities")
    found = []
    for part in re.split(r", | or ", listed):
        head, _, values = part.partition("=")
        found += [f"{head}={value}" for value in values.split("|")] if values else [head]
    specs = [parse_spec(f"{one},shift=0.25" if one.startswith("ghost") else one) for one in found]
    assert [spec.spec for spec in specs if spec] == [level for levels in LEVELS.values() for level in levels]
