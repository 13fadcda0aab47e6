"""Changed frames through the real lmms-eval: the record is in the frame of the picture that the model saw."""

from pathlib import Path

import pytest

from sarbench.catalogue import read_catalogue
from sarbench.hub.lookup import rows
from sarbench.lmms.launcher import Evaluation, evaluate
from sarbench.lmms.settings import Settings
from sarbench.runs.samples import from_table
from sarbench.runs.scoring import rescore_run
from sarbench.runs.store import load_run, load_samples

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

TASK = "sarbench_sarchat_rebuilt_referring"


def test_a_coarser_run_scores_the_same_again(
    tmp_path: Path, tiny_model: Path, simulated_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARBENCH_HOME", str(simulated_home))
    out = tmp_path / "run"
    manifest = evaluate(
        Evaluation(
            model="llava_hf",
            model_args=f"pretrained={tiny_model},device_map=cpu",
            tasks=read_catalogue().select([TASK]),
            out=out,
            device="cpu",
            settings=Settings(perturbation="speckle+gsd:factor=2", coords="norm1000"),
        )
    )
    assert manifest.perturbation == "speckle:L=1+gsd:factor=2"
    lines = {line["id"]: line for line in from_table(load_samples(out, TASK))}
    built = list(rows(simulated_home / "sarchat-2m", "rebuilt-referring", "test"))
    assert len(lines) == len(built) > 0
    for row in built:
        line = lines[row["id"]]
        assert (line["width"], line["height"]) == (-(-row["width"] // 2), -(-row["height"] // 2))
        assert line["perturbation"] == manifest.perturbation
        assert line["outcome"] != "failed"
    before = load_run(out).scores
    assert rescore_run(out) == before
