"""Data that is not built is built where the files can be had without the user; else the user is told the command."""

import io
import zipfile
from pathlib import Path

import pytest

from sarbench.build import build, read_index
from sarbench.catalogue import TaskSpec, read_catalogue
from sarbench.errors import InputError
from sarbench.lmms.evaluation import Evaluation
from sarbench.lmms.missing_data import Order, build_missing, orders_for
from sarbench.lmms.preflight import preflight
from sarbench.simulate import write_sardet, write_sarlang
from sarbench.sources import CARDS
from sarbench.sources.download import client
from sarbench.task_data import why_not
from tests.hub.fake_hub import FakeHub, fake_hub

__all__ = ["fake_hub"]

COUNTING = "sarbench_sarchat_rebuilt_counting"
REFERRING = "sarbench_sarchat_rebuilt_referring"
CAPTION = "sarbench_sarlang_caption_concise"


def specs(*names: str) -> tuple[TaskSpec, ...]:
    return read_catalogue().select(names)


@pytest.fixture
def downloads(home: Path) -> Path:
    """SARDet-100K's files where sarbench looks for them."""
    return write_sardet(home / "downloads" / "sarchat-2m", images={"train": 1, "val": 1, "test": 2})


def test_one_build_serves_tasks_of_one_dataset_and_lite_makes_the_whole(home: Path) -> None:
    wanted = specs(COUNTING, f"{REFERRING}_lite", REFERRING, CAPTION)
    assert orders_for(wanted) == [
        Order("sarchat-2m", ("rebuilt-counting",), None, None),
        Order("sarchat-2m", ("rebuilt-referring",), None, 5000),
        Order("sarlang-1m", ("caption-concise",), None, None),
    ]


def test_what_was_put_down_is_built_and_only_once(downloads: Path, home: Path) -> None:
    said: list[str] = []
    build_missing(specs(COUNTING), say=said.append)
    assert said == [f"Not built yet: rebuilt-counting of sarchat-2m. Building from {downloads}"]
    assert [*read_index(home / "sarchat-2m").configs] == ["rebuilt-counting"]
    assert why_not(specs(COUNTING)[0]) is None
    build_missing(specs(COUNTING), say=said.append)
    assert len(said) == 1

    # A lite twin of what is built needs its test split alone.
    lite = specs(f"{COUNTING}_lite")
    assert orders_for(lite) == [Order("sarchat-2m", ("rebuilt-counting",), ("test",), 5000)]
    build_missing(lite, say=said.append)
    index = read_index(home / "sarchat-2m")
    assert set(index.configs["rebuilt-counting"]) == {"train", "validation", "test"}
    assert index.configs["rebuilt-counting-lite"]["test"].lite_of == "rebuilt-counting"
    assert said[1].startswith("Not built yet: rebuilt-counting of sarchat-2m, with lite splits of 5,000 rows a score")


def test_a_config_that_somebody_built_in_part_is_left_alone(downloads: Path, home: Path) -> None:
    build(
        "sarchat-2m",
        data_dir=downloads,
        out=home / "sarchat-2m",
        configs=["rebuilt-counting"],
        splits=["train"],
        options={"box_frame": "512"},
    )
    assert orders_for(specs(COUNTING, f"{COUNTING}_lite")) == []
    build_missing(specs(REFERRING))  # with the options of what is there
    assert read_index(home / "sarchat-2m").options == {"box_frame": "512"}


def test_files_that_only_the_user_has_are_asked_for(home: Path) -> None:
    with pytest.raises(InputError) as caught:
        build_missing(specs(COUNTING, f"{REFERRING}_lite"))
    assert str(caught.value) == (
        f"{home}/sarchat-2m: rebuilt-counting of sarchat-2m is not built, and sarbench cannot fetch the files. Build "
        "it: `sarbench build sarchat-2m --data-dir DIR --configs rebuilt-counting`; or put the files into "
        f"{home}/downloads/sarchat-2m and run this again."
    )
    (home / "downloads" / "sarchat-2m").mkdir(parents=True)
    with pytest.raises(InputError, match="--configs rebuilt-referring --lite 5000`; or put"):
        build_missing(specs(f"{REFERRING}_lite"))
    assert not (home / "sarchat-2m").exists()


def test_files_that_do_not_serve_leave_nothing_behind(downloads: Path, home: Path) -> None:
    with pytest.raises(InputError, match="has no files for referring"):
        build_missing(specs("sarbench_sarchat_referring"))
    assert not (home / "sarchat-2m" / "sarbench.json").exists()


def add_sarlang(hub: FakeHub, raw: Path) -> None:
    made: dict[str, bytes] = {}
    for name, folder in (("Text.zip", "Text"), ("SARimages_preprocessed.zip", "SARimages")):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for path in sorted((raw / folder).rglob("*.*")):
                archive.write(path, path.relative_to(raw).as_posix())
        made[name] = buffer.getvalue()
    repo = CARDS["sarlang-1m"].hub
    assert repo is not None
    hub.add_repo(repo.repo_id, made, revision=repo.revision)


def test_what_the_authors_publish_is_fetched(home: Path, fake_hub: FakeHub, tmp_path: Path) -> None:
    add_sarlang(fake_hub, write_sarlang(tmp_path / "raw", images={"train": 1, "test": 2}))
    build_missing(specs(f"{CAPTION}_lite"), say=lambda text: None)
    assert set(read_index(home / "sarlang-1m").configs) == {"caption-concise", "caption-concise-lite"}
    assert why_not(specs(CAPTION)[0]) is None


def test_out_of_reach_the_command_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = r"`sarbench build sarlang-1m --data-dir DIR --configs caption-concise`"
    with pytest.raises(InputError, match=rf"Unset HF_HUB_OFFLINE.*Or build it from files of yours: {command}"):
        build_missing(specs(CAPTION))
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(client, "WAITS", ())
    with pytest.raises(InputError, match=rf"cannot be reached.*{command}"):
        build_missing(specs(CAPTION))


def test_preflight_builds_what_is_named_and_nothing_else(downloads: Path, home: Path, tmp_path: Path) -> None:
    pytest.importorskip("lmms_eval", reason="lmms-eval is not installed: pip install 'sarbench[eval]'")
    tasks = specs("sarbench_sarchat_rebuilt")
    asked = Evaluation(model="dummy", model_args="", tasks=tasks, out=tmp_path / "run", may_build=frozenset({COUNTING}))
    with pytest.raises(InputError, match=r"the data of 5 tasks is not built: .* --configs rebuilt-"):
        preflight(asked)
    assert [*read_index(home / "sarchat-2m").configs] == ["rebuilt-counting"]
    only = Evaluation(model="dummy", model_args="", tasks=specs(REFERRING), out=tmp_path / "run")
    with pytest.raises(InputError, match="holds no rebuilt-referring/test"):
        preflight(only)
