from dataclasses import replace

import pytest

from sarbench import paths
from sarbench.catalogue import read_catalogue
from sarbench.errors import InputError, UnknownNameError
from sarbench.sources import CARDS


def test_every_yaml_is_a_task_or_a_group() -> None:
    catalogue = read_catalogue()
    assert len(catalogue.tasks) + len(catalogue.groups) == len(list(paths.tasks().rglob("*.yaml")))


PREFIX = {
    "sarchat-2m": "sarbench_sarchat_",
    "sarlang-1m": "sarbench_sarlang_",
    "sar-text": "sarbench_sartext_",
    "fusar-geovl": "sarbench_fusar_",
}


def test_names_follow_the_rows_they_ask() -> None:
    for name, spec in read_catalogue().tasks.items():
        config, lite, _ = spec.config.partition("-lite")
        parts = [config.replace("-", "_"), *([spec.asks] if spec.asks else []), *(["lite"] if lite else [])]
        assert name == PREFIX[spec.dataset] + "_".join(parts)


def test_family_follows_the_rows_that_are_asked() -> None:
    for spec in read_catalogue().tasks.values():
        if spec.asks:
            assert spec.family == ("vqa" if spec.asks in ("attribute", "reasoning", "vqa") else spec.asks)
        elif spec.dataset == "sarchat-2m":
            assert spec.config.removeprefix("rebuilt-").removesuffix("-lite") == spec.family
        else:
            assert spec.family == {"caption": "caption", "fields": "field"}[spec.config.partition("-")[0]]


def test_yaml_reads_the_rows_that_its_metadata_names() -> None:
    files = {path: path.read_text() for path in paths.tasks().rglob("*.yaml")}
    for spec in read_catalogue().tasks.values():
        (text,) = (text for text in files.values() if f"task: {spec.name}\n" in text)
        place = f"{spec.dataset}/{spec.config}/{'|'.join(spec.splits)}"
        assert f"test: !function sarbench.lmms.data.{place}\n" in text
        assert (f"process_docs: !function sarbench.lmms.data.only_{spec.asks}\n" in text) == bool(spec.asks)
        assert "asks: " in text


def test_datasets_configs_splits_and_rows_are_those_of_the_cards() -> None:
    cards = {card.name: {config.name: config for config in card.configs} for card in CARDS.values()}
    for spec in read_catalogue().tasks.values():
        config = cards[spec.dataset][spec.config.removesuffix("-lite")]
        assert set(spec.splits) <= set(config.splits)
        assert spec.asks is None or config.task is None


def test_every_test_task_has_a_lite_twin() -> None:
    tasks = read_catalogue().tasks
    whole = {name: spec for name, spec in tasks.items() if not spec.config.endswith("-lite")}
    for name, spec in whole.items():
        twin = tasks.get(f"{name}_lite")
        if spec.split != "test":
            assert twin is None
            continue
        train = spec.train_config or spec.config
        assert twin == replace(
            spec, name=f"{name}_lite", config=f"{spec.config}-lite", fallback_split=None, train_config=train
        )
    assert len(tasks) == 2 * len(whole) - 2  # FUSAR-GEOVL's two have no test split


def test_groups_hold_every_task_once() -> None:
    catalogue = read_catalogue()
    names = {group: [spec.name for spec in catalogue.select([group])] for group in catalogue.groups}
    assert set(names["sarbench"]) | set(names["sarbench_lite"]) == set(catalogue.tasks)
    assert not set(names["sarbench"]) & set(names["sarbench_lite"])
    assert all(name.endswith("_lite") for name in names["sarbench_lite"])
    for group, members in catalogue.groups.items():
        assert len(members) == len(set(members))
        assert set(members) <= {*catalogue.tasks, *catalogue.groups}, group


def test_groups_names_and_wildcards_resolve_in_order_without_repeats() -> None:
    some = read_catalogue().select(
        ["sarbench_sarchat_rebuilt_counting", "sarbench_sarchat_rebuilt", "sarbench_sarchat*_counting"]
    )
    assert [spec.name for spec in some][:2] == [
        "sarbench_sarchat_rebuilt_counting",
        "sarbench_sarchat_rebuilt_classification",
    ]
    assert len(some) == 7


def test_unknown_name_suggests_a_near_one() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean sarbench_sarchat_counting"):
        read_catalogue().select(["sarbench_sarchat_countin"])


@pytest.mark.parametrize(
    ("text", "message"),
    [("task: x\n", "metadata"), ("task: [unclosed\n", "not YAML"), ("- a\n", "not a YAML mapping")],
)
def test_broken_yaml_is_named(tmp_path, text: str, message: str) -> None:
    (tmp_path / "broken.yaml").write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        read_catalogue(tmp_path)
    assert "broken.yaml" in str(caught.value)
