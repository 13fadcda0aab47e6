import math
from importlib import metadata
from pathlib import Path

import pytest

from sarbench.metrics import caption
from sarbench.metrics.caption import packages, wordnet
from sarbench.metrics.unavailable import UnavailableError

bleu_score = pytest.importorskip("nltk.translate.bleu_score", reason="nltk defines this protocol")
rouge_scorer = pytest.importorskip("rouge_score.rouge_scorer", reason="rouge-score defines this protocol")

_SAID = ["A ship lies near the harbor .", "two bright vessels are moored at the pier", "the airport has three runways"]
_MEANT = [
    ["a vessel lies close to the port .", "A ship near the harbor"],
    ["two bright ships are moored at the pier"],
    ["an airport with three long runways", "The airport has runways", "runways"],
]


@pytest.fixture
def no_wordnet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without any WordNet."""
    monkeypatch.delenv(wordnet.VARIABLE, raising=False)
    monkeypatch.setattr(wordnet, "_from_nltk_data", lambda: None)
    monkeypatch.setattr(wordnet, "DEBIAN", tmp_path / "nothing")


@pytest.mark.usefixtures("no_wordnet")
def test_bleu_is_nltks_corpus_bleu_without_smoothing() -> None:
    scores = caption.corpus_scores(_SAID, _MEANT, protocol="nltk")
    references, hypotheses = [[text.split() for text in texts] for texts in _MEANT], [text.split() for text in _SAID]
    for n in range(1, 5):
        assert scores[f"nltk_bleu{n}"] == bleu_score.corpus_bleu(references, hypotheses, weights=(1 / n,) * n)
    # All answers have four tokens or more: only there do nltk and pycocoevalcap count alike.
    paper = caption.corpus_scores(_SAID, _MEANT, protocol="paper")
    assert scores["nltk_bleu4"] == pytest.approx(paper["bleu4"], abs=1e-8)


@pytest.mark.usefixtures("no_wordnet")
def test_no_match_at_all_is_zero_and_silent(recwarn: pytest.WarningsRecorder) -> None:
    scores = caption.corpus_scores(["one two", "three"], [["four"], ["five six"]], protocol="nltk")
    assert set(scores.values()) == {0.0}
    assert not [warning for warning in recwarn if "overlap" in str(warning.message)]


@pytest.mark.usefixtures("no_wordnet")
def test_rouge_is_f1_with_stemming_averaged_over_references_then_items() -> None:
    found = caption.facts(_SAID, _MEANT, protocol="nltk")
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)
    for kind, metric in [("rouge1", "rouge1_f"), ("rouge2", "rouge2_f"), ("rougeL", "rougeL_f")]:
        each = [
            sum(scorer.score(text, said)[kind].fmeasure for text in texts) / len(texts)
            for said, texts in zip(_SAID, _MEANT, strict=True)
        ]
        assert found.means[metric].tolist() == pytest.approx(each, abs=1e-15)
        assert found.corpus[metric] == pytest.approx(math.fsum(each) / len(each), abs=1e-15)


@pytest.mark.usefixtures("no_wordnet")
def test_items_with_the_same_texts_score_alike() -> None:
    once = caption.facts(_SAID, _MEANT, protocol="nltk")
    twice = caption.facts(_SAID * 2, _MEANT * 2, protocol="nltk")
    assert twice.means["rougeL_f"].tolist() == once.means["rougeL_f"].tolist() * 2
    assert twice.corpus["nltk_bleu4"] == pytest.approx(once.corpus["nltk_bleu4"])


@pytest.mark.usefixtures("no_wordnet")
def test_without_wordnet_meteor_is_left_out_with_the_reason_and_the_command() -> None:
    found = caption.facts(_SAID, _MEANT, protocol="nltk")
    assert "nltk_meteor" not in found.corpus
    assert "nltk_meteor" not in found.signatures
    assert "apt install wordnet-base wordnet-sense-index" in found.unavailable["nltk_meteor"]
    assert found.bleu is None


@pytest.mark.usefixtures("no_wordnet")
def test_signatures_hold_the_versions_of_the_packages() -> None:
    found = caption.facts(_SAID, _MEANT, protocol="nltk")
    assert set(found.signatures) == set(found.corpus)
    nltk, rouge = metadata.version("nltk"), metadata.version("rouge-score")
    assert found.signatures["nltk_bleu4"] == f"nltk_bleu4|nltk|tok:split|smooth:none|ref:closest|nltk:{nltk}|v:1"
    assert f"rouge-score:{rouge}|nltk:{nltk}" in found.signatures["rougeL_f"]


@pytest.mark.parametrize("package", ["nltk", "rouge-score"])
def test_a_missing_package_is_named_with_the_command(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == package:
            raise metadata.PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(packages, "version", version)
    with pytest.raises(UnavailableError, match=f"pip install {package}"):
        caption.corpus_scores(_SAID, _MEANT, protocol="nltk")


def test_a_module_that_cannot_be_imported_is_unavailable() -> None:
    with pytest.raises(UnavailableError, match="pip install no-such-package"):
        packages.needed("no_such_module_anywhere", package="no-such-package")
