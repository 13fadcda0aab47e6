import os
from pathlib import Path

import pytest

from sarbench.metrics import caption
from sarbench.metrics.caption import wordnet
from sarbench.metrics.unavailable import UnavailableError

meteor_score = pytest.importorskip("nltk.translate.meteor_score", reason="nltk defines this score")


@pytest.fixture(scope="module")
def folder() -> str:
    named = os.environ.get(wordnet.VARIABLE) or str(wordnet.DEBIAN)
    if not (Path(named) / "data.noun").is_file():
        pytest.skip(f"no WordNet in {named}: apt install wordnet-base wordnet-sense-index, or set {wordnet.VARIABLE}")
    return named


@pytest.fixture
def opened(folder: str, monkeypatch: pytest.MonkeyPatch) -> wordnet.WordNet:
    monkeypatch.setenv(wordnet.VARIABLE, folder)
    return wordnet.wordnet()


def test_the_lexicographer_files_are_the_45_of_wordnet() -> None:
    lines = [line.split("\t") for line in wordnet.lexnames().splitlines()]
    assert [int(number) for number, _, _ in lines] == list(range(45))
    assert lines[0][1:] == ["adj.all", "3"]
    assert lines[29][1:] == ["verb.body", "2"]
    assert lines[44][1:] == ["adj.ppl", "3"]
    assert len({name for _, name, _ in lines}) == 45


def test_a_folder_without_the_lexnames_file_is_read(opened: wordnet.WordNet) -> None:
    ship = opened.reader.synsets("ships")[0]
    assert (ship.name(), ship.lexname()) == ("ship.n.01", "noun.artifact")
    assert opened.name.startswith("3.")


def test_a_folder_is_read_once(opened: wordnet.WordNet) -> None:
    assert wordnet.wordnet() is opened


def test_meteor_knows_synonyms(opened: wordnet.WordNet) -> None:
    found = caption.facts(["a ship near the harbor"], [["a vessel beside the harbour"]], protocol="nltk")
    tokens = [["a", "vessel", "beside", "the", "harbour"]], ["a", "ship", "near", "the", "harbor"]
    assert found.corpus["nltk_meteor"] == meteor_score.meteor_score(*tokens, wordnet=opened.reader)
    # Matched by hand: a, the and harbor = harbour (one synset); ship and vessel share none. P = R = 3/5, 2 chunks.
    assert found.corpus["nltk_meteor"] == pytest.approx(0.6 * (1 - 0.5 * (2 / 3) ** 3))
    assert f"|wordnet:{opened.name}|" in found.signatures["nltk_meteor"]
    assert not found.unavailable


def test_the_best_reference_of_an_item_counts(opened: wordnet.WordNet) -> None:
    single = caption.corpus_scores(["two ships at sea"], [["two ships at sea"]], protocol="nltk")
    several = caption.corpus_scores(["two ships at sea"], [["a bridge", "two ships at sea"]], protocol="nltk")
    assert several["nltk_meteor"] == single["nltk_meteor"]
    assert opened.name


def test_a_named_folder_without_wordnet_is_not_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(wordnet.VARIABLE, str(tmp_path))
    with pytest.raises(UnavailableError, match="holds no WordNet") as caught:
        wordnet.wordnet()
    assert caught.value.where == str(tmp_path)


def test_damaged_files_are_unavailable_not_a_crash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for part in ("noun", "verb", "adj", "adv"):
        (tmp_path / f"index.{part}").write_text("ship n 2 0 1 0 00000001\n")
        (tmp_path / f"data.{part}").write_text("nonsense\n")
        (tmp_path / f"{part}.exc").write_text("")
    monkeypatch.setenv(wordnet.VARIABLE, str(tmp_path))
    with pytest.raises(UnavailableError, match="cannot be read"):
        wordnet.wordnet()
