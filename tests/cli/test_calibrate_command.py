"""What `sarbench calibrate` refuses before it asks a model anything."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sarbench.cli.calibrate import calibrate
from sarbench.errors import InputError, SarbenchError, UnknownNameError

REFERRING = "sarbench_sarchat_rebuilt_referring"
COUNTING = "sarbench_sarchat_rebuilt_counting"

app = typer.Typer()
app.command()(calibrate)


@pytest.mark.parametrize(
    ("arguments", "kind", "says"),
    [
        ((), UnknownNameError, r"no answers and no model to ask\. Give a run, a file of answers, or --model"),
        (("run", "--model", "dummy"), UnknownNameError, "holds answers, and --model dummy would give others"),
        (("--model", "dummy"), UnknownNameError, "no task is named"),
        (("--model", "dummy", "--tasks", COUNTING), UnknownNameError, "asks for no boxes"),
        (("--model", "dummy", "--tasks", REFERRING, "--split", "test"), InputError, "never chosen on the items"),
        (("--model", "dummy", "--tasks", REFERRING, "--coords", "norm7"), UnknownNameError, "norm7"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    arguments: tuple[str, ...], kind: type[SarbenchError], says: str, home: Path, tmp_path: Path
) -> None:
    with pytest.raises(kind, match=says):
        CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "coords.json")], catch_exceptions=False)
    assert not any(tmp_path.iterdir())


def test_data_that_only_the_user_can_give_is_asked_for(home: Path, tmp_path: Path) -> None:
    pytest.importorskip("lmms_eval", reason="lmms-eval is not installed: pip install 'sarbench[eval]'")
    said = ["--model", "dummy", "--tasks", f"{REFERRING}_lite", "--out", str(tmp_path / "coords.json")]
    with pytest.raises(InputError, match=r"sarbench build sarchat-2m --data-dir DIR --configs rebuilt-referring`"):
        CliRunner().invoke(app, said, catch_exceptions=False)
    assert not any(tmp_path.iterdir())
