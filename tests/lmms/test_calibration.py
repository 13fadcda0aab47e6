"""What makes an evaluation one to calibrate on."""

from dataclasses import replace
from pathlib import Path

import pytest

from sarbench.build import build
from sarbench.errors import InputError
from sarbench.lmms.calibration import NOTE, calibration_run
from sarbench.lmms.evaluation import Evaluation
from sarbench.lmms.session import begin
from sarbench.simulate import write_sardet
from sarbench.task_data import task_data, task_rows

REFERRING = "sarbench_sarchat_rebuilt_referring"
GROUNDING = "sarbench_sarchat_rebuilt_grounding"


@pytest.fixture
def asked(tmp_path: Path) -> Evaluation:
    args = "pretrained=org/Qwen3-VL-8B"
    return Evaluation(model="vllm", model_args=args, tasks=(), out=tmp_path / "coords-run", limit=3)


def test_the_prompt_asks_for_what_the_family_speaks(asked: Evaluation) -> None:
    assert calibration_run(asked, [REFERRING]).settings.coords == "norm1000"
    assert calibration_run(asked, [REFERRING], coords="norm1").settings.coords == "norm1"
    other = replace(asked, model_args="pretrained=org/unheard-of")
    assert calibration_run(other, [REFERRING]).settings.coords == "pixel"


def test_only_what_is_named_may_be_built(asked: Evaluation) -> None:
    made = calibration_run(asked, ["sarbench_sarchat", f"{REFERRING}_lite"])
    assert made.may_build == {REFERRING}
    assert {spec.name for spec in made.tasks} > {REFERRING}


@pytest.mark.slow
def test_what_is_asked_is_of_validation_and_of_train_where_there_is_none(
    asked: Evaluation, home: Path, tmp_path: Path
) -> None:
    raw = write_sardet(tmp_path / "raw", images={"train": 3, "val": 4, "test": 2})
    build("sarchat-2m", data_dir=raw, out=home / "sarchat-2m", configs=["rebuilt-referring"])
    build("sarchat-2m", data_dir=raw, out=home / "sarchat-2m", configs=["rebuilt-grounding"], splits=["train", "test"])
    made = calibration_run(asked, [REFERRING, GROUNDING])
    referring, grounding = (task_data(spec) for spec in made.tasks)
    assert (referring.spec.split, grounding.spec.split) == ("validation", "train")

    rows = list(task_rows(referring.spec, columns=["id", "sample_sha256"]))
    hashes = [row["sample_sha256"] for row in rows]
    assert all("/validation/" in row["id"] for row in rows)
    questions = made.questions(referring)
    assert len(questions) == 3 < len(hashes)
    assert questions == sorted(questions, key=hashes.index)
    assert replace(made, elsewhere=False).questions(referring) == hashes[:3]
    excerpt = made.excerpt(referring)
    assert excerpt is not None
    assert (excerpt.config, excerpt.split, excerpt.size) == ("rebuilt-referring", "validation", 3)
    assert replace(made, elsewhere=False).excerpt(referring) is None

    keys = {made.key(referring), replace(made, limit=4).key(referring), replace(made, seed=1).key(referring)}
    assert len(keys | {replace(made, elsewhere=False).key(referring)}) == 4

    made.out.mkdir()
    assert begin(made, (referring, grounding)).manifest.notes == (NOTE,)
    with pytest.raises(InputError, match="holds no rebuilt-grounding/validation"):
        task_data(calibration_run(asked, [GROUNDING], split="validation").tasks[0])
