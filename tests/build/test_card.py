import re
from pathlib import Path

import datasets
import pytest
import yaml

from sarbench.build.index import BuiltIndex, FileIndex, SplitIndex
from sarbench.build.pages.card import render_card, write_card
from sarbench.sources import CARDS, DatasetCard, HubRepo
from tests.build.fake import fake_source, make_rows
from tests.hub.built_sets import write_set
from tests.hub.sets import everything


def index(card: DatasetCard, *, simulated: bool = False, left_out: dict[str, str] | None = None) -> BuiltIndex:
    file = FileIndex(path="x", bytes=2_000_000)
    split = SplitIndex(
        rows=1234, images=56, bytes=2_000_000, data_digest="0", simulated=simulated, files=(file,), problems={"odd": 7}
    )
    configs = {config.name: dict.fromkeys(config.splits, split) for config in card.configs}
    return BuiltIndex(
        schema_version="1",
        sarbench_version="1",
        name=card.name,
        simulated=simulated,
        configs=configs,
        left_out=left_out or {},
    )


def front_matter(card: str) -> dict[str, object]:
    return yaml.safe_load(card.split("---\n")[1])


def test_configs_of_the_front_matter() -> None:
    card = fake_source({"a": {"train": (), "test": ()}}).CARD
    fields = front_matter(render_card(card, index(card)))
    assert fields["configs"][0] == {
        "config_name": "a",
        "default": True,
        "data_files": [
            {"split": "train", "path": "a/train-*.parquet"},
            {"split": "test", "path": "a/test-*.parquet"},
            {"split": "validation", "path": "a/validation-*.parquet"},
        ],
    }
    assert "default" not in fields["configs"][1]
    assert fields["license"] == "cc-by-nc-4.0"
    assert fields["pretty_name"] == "Fake"


def test_what_a_reader_must_know() -> None:
    card = fake_source({"a": {"train": ()}}).CARD
    text = render_card(card, index(card, left_out={"a/test": "no files"}))
    for said in (
        "1,234",
        "It is noise.",
        "Ask the authors.",
        "@misc{fake}",
        "`a/test` was left out: no files",
        ": 21;",
    ):
        assert said in text
    assert "Simulated" not in text


def test_a_simulated_set_says_so_first() -> None:
    card = fake_source({"a": {"train": ()}}).CARD
    text = render_card(card, index(card, simulated=True))
    assert text.index("**Simulated data.**") < text.index(card.summary)
    assert front_matter(text)["pretty_name"] == "Fake (simulated)"
    assert "simulated" in front_matter(text)["tags"]


def test_other_licences_are_named() -> None:
    card = fake_source({"a": {"train": ()}}, licence='None stated: "ask"\n').CARD
    fields = front_matter(render_card(card, index(card)))
    assert (fields["license"], fields["license_name"]) == ("other", "none-stated-ask")


def test_every_real_card_renders() -> None:
    for card in CARDS.values():
        fields = front_matter(render_card(card, index(card)))
        assert [config["config_name"] for config in fields["configs"]] == [config.name for config in card.configs]


def test_a_joined_set_says_how_to_join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = fake_source({"a": {"test": ()}}).CARD
    rows = everything()
    made = write_set(tmp_path, {}, joined={"a": {"test": rows}})
    write_card(tmp_path, card, made)
    text = (tmp_path / "README.md").read_text()
    configs = front_matter(text)["configs"]
    assert [config["config_name"] for config in configs] == ["a", "images"]
    assert [config.get("default", False) for config in configs] == [True, False]
    assert "| `images` | test | 3 | 3 |" in text
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[-1].replace("<this folder or repository>", str(tmp_path))
    names: dict[str, object] = {"datasets": datasets}
    exec(code, names)
    assert names["image"].size == (16, 16)  # type: ignore[attr-defined]


def test_lite_configs_are_named_and_not_counted_twice() -> None:
    card = fake_source({"a": {"test": ()}}).CARD
    full = index(card)
    lite = full.configs["a"]["test"].model_copy(update={"lite_of": "a", "lite_digest": "abc", "rows": 1000})
    both = full.model_copy(update={"configs": {"a": {"test": full.configs["a"]["test"]}, "a-lite": {"test": lite}}})
    text = render_card(card, both)
    assert "`a-lite` (test): 1,000 rows of `a`, ids hashed to `abc`" in text
    assert "A choice from `a`" in text
    assert front_matter(text)["size_categories"] == ["1K<n<10K"]


def test_provenance_is_told(tmp_path: Path) -> None:
    card = fake_source({"a": {"test": ()}}, hub=HubRepo("org/name", "f" * 40)).CARD
    made = write_set(tmp_path, {"a": {"test": everything()}})
    write_card(tmp_path, card, made.model_copy(update={"options": {"imagery": "original"}, "notes": ("So it was.",)}))
    text = (tmp_path / "README.md").read_text()
    for said in (
        f"`org/name` on the Hub at commit `{'f' * 40}`",
        "Option `imagery`: `original`.",
        "So it was.",
        "Rows whose image is from up: 1.",
        "between -12.50° and -12.50° north, 130.25° and 130.25° east",
    ):
        assert said in text


def test_known_issues_carry_their_source() -> None:
    text = render_card(CARDS["sarchat-2m"], index(CARDS["sarchat-2m"]))
    section = text.split("## Known issues")[1].split("\n## ")[0]
    assert section.count("Source: ") == section.count("\n- ") > 0


def test_the_size_of_an_empty_and_a_huge_set() -> None:
    card = fake_source({"a": {"test": ()}}).CARD
    for rows, category in ((0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (999_999, "100K<n<1M"), (10**6, "1M<n<10M")):
        split = index(card).configs["a"]["test"].model_copy(update={"rows": rows})
        made = index(card).model_copy(update={"configs": {"a": {"test": split}}})
        assert front_matter(render_card(card, made))["size_categories"] == [category]


def test_plain_datasets_reads_what_the_front_matter_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = fake_source({"a": {"test": ()}}).CARD
    made = write_set(tmp_path, {"a": {"test": make_rows([2, 1])}, "a-lite": {"test": make_rows([1])}})
    write_card(tmp_path, card, made)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    assert len(datasets.load_dataset(str(tmp_path), split="test")) == 3
    assert len(datasets.load_dataset(str(tmp_path), "a-lite", split="test")) == 1
