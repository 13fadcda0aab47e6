"""SARLANG-1M from the Hub to rows, in every layout of the authors' repository that is not known for certain."""

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sarbench import sources
from sarbench.build import build
from sarbench.build.index import BuiltIndex
from sarbench.hub.fetch import ensure_download
from sarbench.simulate.sarlang import write_sarlang
from sarbench.sources import sarlang
from tests.hub.fake_hub import FakeHub, fake_hub

__all__ = ["fake_hub"]

ALL = tuple(config.name for config in sarlang.CARD.configs)
COMMIT = sarlang.CARD.hub.revision if sarlang.CARD.hub else ""
REPO = sarlang.CARD.hub.repo_id if sarlang.CARD.hub else ""


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sarlang(tmp_path_factory.mktemp("raw"), images={"train": 3, "test": 3}, originals=True)


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "SOURCES", {**sources.SOURCES, "sarlang-1m": sarlang})


def files(raw: Path, folder: str) -> dict[str, bytes]:
    """Return path under the raw folder → content of what the authors ship of one of its folders."""
    found = {
        path.relative_to(raw).as_posix(): path.read_bytes() for path in (raw / folder).rglob("*") if path.is_file()
    }
    return {name: data for name, data in found.items() if not is_sardet(name)}


def is_sardet(name: str) -> bool:
    return re.search(r"/\d{7}\.\w+$", name) is not None


def zipped(content: Mapping[str, bytes], *, strip: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name.removeprefix(strip), data)
    return buffer.getvalue()


def repository(raw: Path, texts: str, images: str, originals: str) -> dict[str, bytes]:
    """Return the repository's files: texts `rooted`, `rootless` or `loose`, images `loose` or `zip`, or `none`."""
    read, shown, original = (files(raw, name) for name in ("Text", "SARimages", "SARimages_original"))
    made: dict[str, bytes] = {"README.md": b"# SARLANG-1M", "RGBimages.zip": b"never fetched", ".gitattributes": b""}
    made |= read if texts == "loose" else {"Text.zip": zipped(read, strip="" if texts == "rooted" else "Text/")}
    if images == "zip":
        made["SARimages_preprocessed.zip"] = zipped(shown)
    else:
        made |= {f"SARimages_preprocessed/{name}": data for name, data in shown.items()}
    if originals == "zip":
        made["SARimages_original.zip"] = zipped(original)
    elif originals == "loose":
        made |= original
    return made


def add_sardet(raw: Path, home: Path) -> None:
    """Do what the documentation asks of the user: put SARDet-100K's images beside the downloads."""
    extra = home / "downloads" / "sarlang-1m" / "extra" / "JPEGImages"
    extra.mkdir(parents=True)
    for path in (raw / "SARimages").iterdir():
        if is_sardet(f"/{path.name}"):
            (extra / path.name).write_bytes(path.read_bytes())


def rows(out: Path, index: BuiltIndex) -> set[tuple[str, str]]:
    paths = [out / file.path for splits in index.configs.values() for split in splits.values() for file in split.files]
    tables = [pq.read_table(path, columns=["id", "image_sha256"]) for path in paths]
    return {(row["id"], row["image_sha256"]) for table in tables for row in table.to_pylist()}


def test_every_layout_gives_the_same_rows(
    raw: Path, home: Path, fake_hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = rows(tmp_path / "direct", build("sarlang-1m", data_dir=raw, out=tmp_path / "direct"))
    layouts = [
        ("rooted", "loose", "none"),
        ("rooted", "zip", "loose"),
        ("rootless", "loose", "zip"),
        ("rootless", "zip", "none"),
        ("loose", "zip", "zip"),
    ]
    for layout in layouts:
        here = tmp_path / "-".join(layout)
        monkeypatch.setenv("SARBENCH_HOME", str(here))
        add_sardet(raw, here)
        fake_hub.add_repo(REPO, repository(raw, *layout), revision=COMMIT)
        folder = ensure_download(sarlang.CARD, ALL, options={"imagery": "preprocessed"})
        assert rows(here / "out", build("sarlang-1m", data_dir=folder, out=here / "out")) == expected, layout
    asked = {seen.path.rsplit("/", 1)[-1] for seen in fake_hub.requests if "/resolve/" in seen.path}
    assert "Text.zip" in asked
    assert not asked & {"RGBimages.zip", "README.md", "SARimages_original.zip"}
    assert not any(name.endswith(".tif") for name in asked)


def test_captions_need_no_image_of_sardet(raw: Path, home: Path, fake_hub: FakeHub, tmp_path: Path) -> None:
    fake_hub.add_repo(REPO, repository(raw, "rooted", "zip", "loose"), revision=COMMIT)
    folder = ensure_download(sarlang.CARD, ("caption-concise", "vqa2"), options={"imagery": "original"})
    index = build(
        "sarlang-1m",
        data_dir=folder,
        out=tmp_path / "out",
        configs=["caption-concise"],
        options={"imagery": "original"},
    )
    assert index.configs["caption-concise"]["test"].rows > 0
    assert not fake_hub.gets("SARimages_preprocessed.zip")
    assert any(seen.path.endswith(".tif") for seen in fake_hub.requests)
