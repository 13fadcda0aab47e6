"""`sarbench calibrate --model`: a model that speaks another convention than it is asked for is found out."""

from pathlib import Path

import numpy as np
import pytest

from sarbench.board.rows import entries
from sarbench.build import build
from sarbench.calibrate import coords_option, read_calibration
from sarbench.catalogue import read_catalogue
from sarbench.coords import format_box
from sarbench.export.wholeness import shortcomings
from sarbench.hub.lookup import images_by_id, rows
from sarbench.runs.samples import from_table
from sarbench.runs.store import load_run
from sarbench.simulate import write_sardet
from tests.cli.commands import run
from tests.e2e.seeing_server import pixels, seeing

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

REFERRING = "sarbench_sarchat_rebuilt_referring"
CONFIG = "rebuilt-referring"


def true_boxes(folder: Path, convention: str) -> dict[tuple[str, str], str]:
    """Return the answers of a model that sees every box of the validation split and says it in one convention."""
    asked = list(rows(folder, CONFIG, "validation"))
    images = images_by_id(folder, CONFIG, "validation", {row["image_id"] for row in asked})
    said = {}
    for row in asked:
        size = (row["width"], row["height"])
        boxes = " ".join(format_box(np.array(box["xyxy"]), convention, size) for box in row["boxes"])
        said[pixels(images[row["image_id"]]), row["question"].removeprefix("[refer] ")] = boxes
    return said


def test_the_convention_is_found_on_validation_items(tmp_path: Path) -> None:
    pytest.importorskip("lmms_eval", reason="lmms-eval is not installed: pip install 'sarbench[eval]'")
    home, out = tmp_path / "home", tmp_path / "coords.json"
    raw = write_sardet(tmp_path / "raw", images={"train": 1, "val": 32, "test": 1})
    build("sarchat-2m", data_dir=raw, out=home / "sarchat-2m", configs=[CONFIG])
    with seeing(true_boxes(home / "sarchat-2m", "norm1000_yx")) as address:
        args = f"model=seeing,base_url={address},api_key=sk-1,num_concurrent=2"
        command = ["calibrate", "--model", "openai", "--model_args", args, "--tasks", f"{REFERRING}_lite"]
        command += ["--limit", "30", "--coords", "pixel", "--out", str(out)]
        answer = run(*command, home=home)
        assert answer.returncode == 0, answer.stderr[-3000:]
    assert "Clear: norm1000_yx beats every candidate" in answer.stdout, answer.stdout
    assert coords_option(f"@{out}") == "norm1000_yx"
    assert (read_calibration(out).split, read_calibration(out).asked_in) == ("validation", "pixel")

    kept = load_run(tmp_path / "coords-run")
    (task,) = kept.manifest.tasks
    assert (task.task, task.config, task.split, task.done, task.limit) == (REFERRING, CONFIG, "validation", 30, 30)
    lines = from_table(kept.samples(REFERRING))
    assert all(line["id"].startswith("sarchat-2m/rebuilt-referring/validation/") for line in lines)
    assert all("in pixels of the image" in line["prompt"] for line in lines)
    assert any("split validation" in reason for reason in shortcomings(kept.manifest, read_catalogue().tasks))
    assert all(result.flaws for entry in entries([kept]) for result in entry.results)

    again = run(*command, "--resume", home=home)  # nobody serves any more: nothing is asked
    assert again.returncode == 0, again.stderr[-3000:]
    assert again.stdout == answer.stdout
    refused = run(*command, home=home)
    assert refused.returncode == 1
    assert "Give --resume to go on with it" in refused.stderr
