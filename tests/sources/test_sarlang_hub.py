"""Which files of the Hub repository some configs need, for every layout that the authors' names allow."""

import pytest

from sarbench.errors import InputError
from sarbench.sources import sarlang

ALL = tuple(config.name for config in sarlang.CARD.configs)
LOOSE = [f"SARimages_preprocessed/SARimages/{name}.png" for name in ("SV_Darwin_1.5_2.5", "SN6_Rotterdam_1")]
ORIGINALS = [f"SARimages_original/{name}.tif" for name in ("SV_Darwin_1.5_2.5", "SN6_Rotterdam_1")]
TEXTS = ["Text/Caption/train/Caption-training.csv", "Text/Caption/test/Caption_test.csv"]
TEXTS += ["Text/Caption/test/Caption_test1.csv", "Text/VQA/train/SARVQA1_train.csv", "Text/VQA/test/SARVQA1_test.csv"]
TEXTS += ["Text/VQA/train/SARVQA2_train.json", "Text/VQA/test/SARVQA2_test.json"]
NEVER = ["README.md", ".gitattributes", "RGBimages.zip", "RGBimages/SN6_Rotterdam_1.png"]


def needed(paths: list[str], configs: tuple[str, ...] = ALL, imagery: str = "preprocessed") -> list[str]:
    return sarlang.hub_files(paths, configs, {"imagery": imagery})


@pytest.mark.parametrize("texts", [["Text.zip"], TEXTS, ["data/text.ZIP"]])
@pytest.mark.parametrize("images", [LOOSE, ["SARimages_preprocessed.zip"], ["SARimages_preprocessed/SARimages.zip"]])
@pytest.mark.parametrize("originals", [ORIGINALS, ["SARimages_original.zip"], ["SARimages_original/part1.zip"]])
def test_texts_and_one_imagery_are_fetched(texts: list[str], images: list[str], originals: list[str]) -> None:
    paths = [*NEVER, *originals, *images, *texts]
    assert needed(paths) == sorted([*texts, *images])
    assert needed(paths, imagery="original") == sorted([*texts, *originals])
    assert needed(paths, ("vqa1",)) == sorted(text for text in texts if "SARVQA1" in text or len(texts) == 1)


def test_images_whose_folder_says_nothing_are_told_by_suffix() -> None:
    loose = ["SARimages/SN6_Rotterdam_1.png", "SARimages/SN6_Rotterdam_1.tif"]
    assert needed(["Text.zip", *loose, *NEVER]) == [loose[0], "Text.zip"]
    assert needed(["Text.zip", *loose, *NEVER], imagery="original") == [loose[1], "Text.zip"]
    assert needed(["Text.zip", "SARimages.zip", *NEVER]) == ["SARimages.zip", "Text.zip"]


def test_folders_that_state_the_imagery_go_before_those_that_do_not() -> None:
    silent = ["SARimages/SN6_Rotterdam_2.png", "SARimages/SN6_Rotterdam_2.tif", "SARimages.zip"]
    assert needed(["Text.zip", *silent, *LOOSE, *ORIGINALS]) == sorted([*LOOSE, "Text.zip"])
    assert needed(["Text.zip", *silent, "SARimages_original.zip"], imagery="original") == sorted(
        ["SARimages_original.zip", "Text.zip"]
    )


def test_loose_texts_of_some_configs_do_not_replace_the_archive() -> None:
    paths = ["Text.zip", "Text/VQA/test/SARVQA2_test.csv", "SARimages_preprocessed.zip"]
    assert needed(paths, ("vqa2",)) == sorted(paths)


def test_all_loose_formats_are_fetched() -> None:
    both = [name.removesuffix(".csv") + suffix for name in TEXTS[:1] for suffix in (".csv", ".json")]
    assert needed([*both, *LOOSE, *NEVER], ("caption-mixed",)) == sorted([*both, *LOOSE])


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (["RGBimages.zip", *LOOSE], r"no texts .*it holds RGBimages\.zip, SARimages_preprocessed/ \(2 files\)"),
        (["Text.zip", "RGBimages.zip", *ORIGINALS], r"no preprocessed SAR images .*SARimages_original/ \(2 files\)"),
        (["Text.zip", "SARimages_original.7z"], r"no preprocessed SAR images .*SARimages_original\.7z, Text\.zip"),
        ([], "it holds nothing"),
    ],
)
def test_what_is_nowhere_is_named_with_what_is_there(paths: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        needed(paths)
    assert caught.value.where == "YiminJimmy/SARLANG-1M"


def test_vqa1_needs_no_image_of_the_repository() -> None:
    assert needed(["Text.zip", "README.md"], ("vqa1",)) == ["Text.zip"]
