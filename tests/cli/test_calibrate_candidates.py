"""What `sarbench calibrate` tries: the usual conventions, the one asked in, the family's, and what is named."""

from pathlib import Path

import pytest

from sarbench.calibrate import CANDIDATES, Source
from sarbench.cli.calibrate import _spoken, _tried

OWN = "pixel_resized(28,3136,12544)"


def source(asked_in: str | None) -> Source:
    return Source((), "org/model", (), "validation", asked_in)


def test_the_convention_that_was_asked_for_and_that_of_the_family_are_tried() -> None:
    arguments = "pretrained=Qwen/Qwen2.5-VL-7B-Instruct,min_pixels=3136,max_pixels=12544"
    assert set(_spoken(source("norm1"), "qwen2_5_vl", arguments, None)) == {"norm1", OWN}
    assert _spoken(source(None), None, "", None) == ()
    assert _tried(("norm1", OWN)) == (*CANDIDATES, OWN)


def test_a_run_says_its_model_and_its_limits_itself(tmp_path: Path) -> None:
    from sarbench.runs.record import BackendInfo
    from sarbench.runs.store import load_manifest, save_manifest
    from tests.board.board_runs import COUNTING, RunPlan, TaskPlan, write_run

    folder = write_run(tmp_path, RunPlan("run", "Qwen/Qwen2.5-VL-7B-Instruct", [TaskPlan(COUNTING)])).folder
    args = {"pretrained": "Qwen/Qwen2.5-VL-7B-Instruct", "min_pixels": "3136", "max_pixels": "12544"}
    backend = BackendInfo(name="qwen2_5_vl", args=args)
    save_manifest(folder, load_manifest(folder).model_copy(update={"backend": backend}))
    assert _spoken(source("pixel"), None, "", folder) == ("pixel", OWN)


def test_what_is_no_convention_is_said(tmp_path: Path) -> None:
    from sarbench.errors import UnknownNameError

    with pytest.raises(UnknownNameError):
        _tried(("norm7",))
