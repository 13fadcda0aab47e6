import ast
import os
from pathlib import Path
from typing import Any

import datasets
import pytest

from sarbench import sources
from sarbench.build import build
from sarbench.errors import InputError, UnknownNameError
from sarbench.hub import load_dataset
from sarbench.hub.script import write_script
from sarbench.schema import SCHEMA
from tests.build.fake import png, write_coco
from tests.hub import sets

runs_scripts = pytest.mark.skipif(
    int(datasets.__version__.split(".")[0]) >= 4, reason="datasets 4 and newer refuse loading scripts"
)
refuses_scripts = pytest.mark.skipif(
    int(datasets.__version__.split(".")[0]) < 4, reason="datasets older than 4 run loading scripts"
)


@pytest.mark.parametrize("name", sources.SOURCES)
def test_every_dataset_has_a_script(name: str, tmp_path: Path) -> None:
    path = write_script(name, tmp_path / "my_set")
    assert path == tmp_path / "my_set" / "my_set.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert "older than 4" in (ast.get_docstring(tree) or "")
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Config"]
    configs = [ast.literal_eval(keyword.value) for call in calls for keyword in call.keywords if keyword.arg == "name"]
    card = sources.get(name).CARD
    assert configs == [config.name for config in card.configs]
    assert all(option.name in path.read_text(encoding="utf-8") for option in card.options)
    assert write_script(name, tmp_path / "my_set") == path  # again


@runs_scripts
@pytest.mark.parametrize("how", [{}, {"num_proc": 2}, {"streaming": True}], ids=["map", "processes", "stream"])
def test_datasets_3_runs_it(tmp_path: Path, how: dict[str, Any]) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 150, "val": 2})
    folder = str(write_script("sardet-100k", tmp_path / "old-sardet").parent)
    rows = datasets.load_dataset(folder, "detection", split="train", data_dir=str(raw), trust_remote_code=True, **how)
    assert rows.features == datasets.Features.from_arrow_schema(SCHEMA)
    assert sets.digest(rows) == sets.digest(load_dataset("sardet-100k", "detection", split="train", data_dir=raw))
    if "streaming" in how:
        assert rows.n_shards == 2


@runs_scripts
def test_datasets_3_sees_changed_files(tmp_path: Path) -> None:
    raw = write_coco(tmp_path / "raw", {"train": 1})
    folder = str(write_script("sardet-100k", tmp_path / "old").parent)
    met = set()
    for seed in (1, 2):
        (raw / "JPEGImages" / "train" / "train0000.png").write_bytes(png(seed))
        os.utime(raw / "JPEGImages" / "train" / "train0000.png", (seed, seed))
        rows = datasets.load_dataset(folder, "detection", data_dir=str(raw), trust_remote_code=True)["train"]
        met.add(rows[0]["image_sha256"])
    assert len(met) == 2


@runs_scripts
def test_datasets_3_says_what_is_missing(tmp_path: Path) -> None:
    folder = str(write_script("sardet-100k", tmp_path / "old").parent)
    with pytest.raises(InputError, match="is not built here"):
        datasets.load_dataset(folder, "detection", trust_remote_code=True)


@refuses_scripts
def test_datasets_4_refuses_the_folder(tmp_path: Path) -> None:
    folder = str(write_script("sardet-100k", tmp_path / "old").parent)
    with pytest.raises(RuntimeError, match="Dataset scripts are no longer supported, but found old"):
        datasets.load_dataset(folder, "detection")


def test_never_inside_a_built_set(everything: Path, tmp_path: Path) -> None:
    build("fake", data_dir=everything, out=tmp_path / "built")
    for out in (tmp_path / "built", tmp_path / "built" / "inside" / "it"):
        with pytest.raises(InputError, match="lies in the built set"):
            write_script("sardet-100k", out)
    assert not (tmp_path / "built" / "inside").exists()


def test_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "README.md").write_text("x")
    with pytest.raises(InputError, match="needs a folder of its own"):
        write_script("sardet-100k", tmp_path / "mine")
    with pytest.raises(InputError, match="cannot be the name of a Python module"):
        write_script("sardet-100k", tmp_path / "v1.0")
    with pytest.raises(UnknownNameError, match="no such dataset"):
        write_script("nonesuch", tmp_path / "x")
