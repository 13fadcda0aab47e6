import yaml

from sarbench.build.card import render_card
from sarbench.build.index import BuiltIndex, FileIndex, SplitIndex
from sarbench.sources import CARDS, DatasetCard
from tests.build.fake import fake_source


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
