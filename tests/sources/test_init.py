from dataclasses import replace

import pytest

from sarbench import sources
from sarbench.errors import UnknownNameError
from sarbench.sources import CARDS, SOURCES, ConfigCard, get, select_configs

SARCHAT = ("classification", "description", "counting", "grounding", "identification", "referring")


def test_get_returns_the_module() -> None:
    assert get("sardet-100k") is sources.sardet


def test_unknown_dataset_lists_names_and_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        get("sardet100k")
    message = str(caught.value)
    assert "Did you mean 'sardet-100k'?" in message
    assert all(name in message for name in SOURCES)


def test_prefix_selects_all_configs_that_begin_with_it() -> None:
    assert select_configs(CARDS["sarchat-2m"], ["rebuilt"]) == tuple(f"rebuilt-{name}" for name in SARCHAT)


def test_exact_name_selects_itself_and_order_is_the_cards() -> None:
    chosen = select_configs(CARDS["sarchat-2m"], ["rebuilt-counting", "counting", "class"])
    assert chosen == ("classification", "counting", "rebuilt-counting")


def test_full_name_stands_for_itself_although_another_begins_with_it() -> None:
    configs = tuple(ConfigCard(name, "vqa", ("train",), "One", "authors") for name in ("vqa", "vqa2", "caption"))
    card = replace(CARDS["fusar-geovl"], configs=configs)
    assert select_configs(card, ["vqa"]) == ("vqa",)
    assert select_configs(card, ["vq"]) == ("vqa", "vqa2")


def test_no_wish_selects_everything() -> None:
    assert select_configs(CARDS["sarchat-2m"], None) == (*SARCHAT, *(f"rebuilt-{name}" for name in SARCHAT))


@pytest.mark.parametrize("wish", ["countin9", ""])
def test_unknown_config_lists_names(wish: str) -> None:
    with pytest.raises(UnknownNameError, match="there is no such config of sarchat-2m") as caught:
        select_configs(CARDS["sarchat-2m"], [wish])
    assert "rebuilt-referring" in str(caught.value)


@pytest.mark.parametrize("name", SOURCES)
def test_cards_are_complete(name: str) -> None:
    card = CARDS[name]
    assert card.name == name
    for text in (card.title, card.summary, card.licence, card.released, card.homepage):
        assert text.strip()
    assert card.obtain.endswith(".")
    assert card.citation.startswith("@")
    assert card.citation.count("{") == card.citation.count("}")
    names = [config.name for config in card.configs]
    assert len(names) == len(set(names)) > 0


@pytest.mark.parametrize(("config", "split"), [("nothing", "train"), ("detection", "val")])
def test_rows_refuse_unknown_names_at_once(sardet_folder, config: str, split: str) -> None:
    with pytest.raises(UnknownNameError, match="Choose one of"):
        sources.sardet.rows(sardet_folder.root, config, split, report=sources.Report())
