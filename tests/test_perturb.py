"""Perturbations change images deterministically and are refused by name when unknown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sarbench import perturb
from sarbench.errors import UnknownNameError

NOISE = Image.fromarray(np.random.default_rng(1).integers(0, 256, (30, 50), dtype=np.uint8))


def test_no_spec_is_no_perturbation() -> None:
    assert perturb.parse_spec(None) is None


def test_blank_keeps_nothing_but_the_size() -> None:
    blank = perturb.parse_spec("blank")
    assert blank == perturb.Perturbation("blank")
    assert blank is not None
    before = NOISE.tobytes()
    results = [
        perturb.apply(blank, image, sample_id="a") for image in (NOISE, NOISE.convert("RGB").point(lambda v: v / 2))
    ]
    for result in results:
        assert result.size == (50, 30)
        assert result.mode == "RGB"
        assert result.getextrema() == ((128, 128),) * 3
    assert NOISE.tobytes() == before


@pytest.mark.parametrize("name", perturb.NAMES)
@given(sample_id=st.text())
def test_same_sample_same_pixels(name: str, sample_id: str) -> None:
    perturbation = perturb.parse_spec(name)
    assert perturbation is not None
    first, second = (perturb.apply(perturbation, NOISE, sample_id=sample_id) for _ in range(2))
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("spec", ["", "Blank", "blank ", "blur", "blank:value=3"])
def test_unknown_specs_name_the_known_ones(spec: str) -> None:
    with pytest.raises(UnknownNameError, match="Use one of: blank"):
        perturb.parse_spec(spec)
