"""Specs are read in full or refused with the next step; they have one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench import perturb
from sarbench.errors import UnknownNameError
from sarbench.perturb.spec import PARAMETERS, standard


def spec_of(text: str) -> str:
    found = perturb.parse_spec(text)
    assert found is not None
    return found.spec


def test_no_spec_is_no_perturbation() -> None:
    assert perturb.parse_spec(None) is None


def test_what_is_left_out_is_standard() -> None:
    assert spec_of("speckle") == "speckle:L=1"
    assert spec_of("ghost:shift=0.5") == "ghost:db=10,shift=0.5"
    assert spec_of("ghost:shift=0.5,db=3") == "ghost:db=3,shift=0.5"
    assert perturb.parse_spec("blank") == perturb.Perturbation("blank")


def test_chains_keep_their_order() -> None:
    chain = perturb.parse_spec("speckle:L=2.50+gsd:factor=4")
    assert chain is not None
    assert [(step.name, dict(step.parameters)) for step in chain.steps] == [
        ("speckle", {"L": 2.5}),
        ("gsd", {"factor": 4.0}),
    ]
    assert chain.spec == "speckle:L=2.5+gsd:factor=4"


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("", "Use one of: speckle, looks"),
        ("Blank", "Did you mean blank"),
        ("blank ", "Did you mean blank"),
        ("speckel:L=1", "Did you mean speckle"),
        ("blur", "Use one of: speckle, looks"),
        ("blank:value=3", "Write blank alone"),
        ("blank:", "Write blank alone"),
        ("speckle:", "Use speckle:L=1"),
        ("speckle:l=1", "Did you mean L"),
        ("speckle:4", "Use speckle:L=1"),
        ("speckle:L=0", "Give a number from 0.5 to 1000"),
        ("speckle:L=nan", "is no number"),
        ("speckle:L=1e3", "is no number"),
        ("speckle:L=-1", "is no number"),
        ("speckle:L=1,L=2", "gives L of speckle twice"),
        ("gsd:factor=1.5", "Give a whole number from 1 to 64"),
        ("gsd:factor=65", "is out of range"),
        ("speckle+", "is no perturbation"),
        ("speckle+shuffle", "Put `shuffle` first"),
        ("+".join(["speckle"] * 9), "at most 8"),
    ],
)
def test_wrong_specs_say_what_is_right(spec: str, says: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        perturb.parse_spec(spec)
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"--perturb {spec}")


@given(st.text())
def test_any_text_is_read_or_refused(spec: str) -> None:
    try:
        found = perturb.parse_spec(spec)
    except UnknownNameError:
        return
    assert found is not None
    assert perturb.parse_spec(found.spec) == found


def test_every_perturbation_has_severities_in_their_one_spelling() -> None:
    assert set(perturb.LEVELS) == set(PARAMETERS) == set(perturb.NAMES)
    for name, levels in perturb.LEVELS.items():
        assert len(set(levels)) == len(levels) >= 1
        assert [spec_of(level) for level in levels] == list(levels)
        assert {level.partition(":")[0] for level in levels} == {name}
        assert spec_of(name) == standard(name)
