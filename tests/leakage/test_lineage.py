import pytest

from sarbench.leakage import KNOWN, known_overlaps
from sarbench.sources import SOURCES

FOREIGN = {"vrsbench-sar", "hrsid"}


def test_names_are_those_of_the_datasets() -> None:
    for known in KNOWN:
        for name in (known.images_of, known.come_from):
            if name.dataset in FOREIGN:
                continue
            configs = {config.name: config.splits for config in SOURCES[name.dataset].CARD.configs}
            assert not name.config or name.config in configs
            offered = [configs[name.config]] if name.config else configs.values()
            assert not name.split or any(name.split in splits for splits in offered)


def test_the_arithmetic_of_the_evidence() -> None:
    train, validation, boxes_train, boxes_validation = 94_493, 10_492, 198_747, 22_703
    assert train + validation == 104_985
    assert train + 9_341 == 103_834
    assert validation + 4_005 == 14_497
    assert boxes_train + boxes_validation == 221_450


@pytest.mark.parametrize(
    ("dataset", "config", "split", "other"),
    [
        ("sarlang-1m", "vqa1", "train", "sardet-100k/train"),
        ("sarlang-1m", "vqa1", "test", "sardet-100k/validation"),
        ("sarlang-1m", "vqa1-lite", "test", "sardet-100k/validation"),
        ("sarchat-2m", "referring", "train", "sardet-100k/train"),
        ("sarchat-2m", "rebuilt-counting", "test", "sardet-100k/test"),
        ("vrsbench-sar", "", "test", "sardet-100k/test"),
        ("hrsid", "", "", "sardet-100k"),
    ],
)
def test_whose_images_they_are(dataset: str, config: str, split: str, other: str) -> None:
    assert other in [str(known.come_from) for known in known_overlaps(dataset, split, config=config)]


def test_sarlang_test_and_sarchat_test_are_different_images() -> None:
    sarlang = {str(known.come_from) for known in known_overlaps("sarlang-1m", "test", config="vqa1")}
    sarchat = {str(known.come_from) for known in known_overlaps("sarchat-2m", "test")}
    assert sarlang.isdisjoint(sarchat)


def test_both_sides_are_asked() -> None:
    users = {str(known.images_of) for known in known_overlaps("sardet-100k", "test")}
    assert {"sarchat-2m/test", "vrsbench-sar/test"} <= users
    assert "sarlang-1m/vqa1/test" not in users


def test_nothing_is_known_of_others() -> None:
    assert known_overlaps("fusar-geovl") == ()
    assert known_overlaps("sarlang-1m", "test", config="vqa2") == ()


def test_every_statement_is_certain_or_argued() -> None:
    for known in KNOWN:
        assert known.certainty in ("seen", "inferred")
        assert known.evidence
        assert known.source
