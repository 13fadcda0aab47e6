"""Bit equality with pycocoevalcap 1.2: every comparison is `==`."""

from importlib.util import find_spec
from itertools import islice

import numpy as np
import pytest

from sarbench.errors import InputError
from sarbench.metrics.caption.kernels import corpus_bleu, count, sentence_bleu
from tests.metrics.caption import corpora

pytest.importorskip("pycocoevalcap", reason="the oracle, pycocoevalcap 1.2, is not installed")
NAMED = corpora.named()


ENGINES = ["numpy", "numba"] if find_spec("numba") else ["numpy"]


def test_numba_is_compared_too() -> None:
    pytest.importorskip("numba", reason="numba is not installed: only the numpy engine was compared")


def oracle(predictions: list[str], references: list[list[str]]) -> dict[str, np.ndarray]:
    from pycocoevalcap.bleu.bleu import Bleu
    from pycocoevalcap.cider.cider import Cider
    from pycocoevalcap.rouge.rouge import Rouge

    true = dict(enumerate(references))
    said = {number: [text] for number, text in enumerate(predictions)}
    bleu, bleus = Bleu(4).compute_score(true, said, verbose=0)
    rouge, rouges = Rouge().compute_score(true, said)
    cider, ciders = Cider().compute_score(true, said)
    return {
        "bleu": np.array(bleu),
        "sentence bleu": np.array(bleus).T,
        "rouge_l": np.array(rouge),
        "sentence rouge_l": rouges,
        "cider": np.array(cider),
        "sentence cider": ciders,
    }


def ours(predictions: list[str], references: list[list[str]], engine: str) -> dict[str, np.ndarray]:
    counts = count(predictions, references, engine=engine)
    return {
        "bleu": corpus_bleu(counts.bleu.sum(axis=0)),
        "sentence bleu": sentence_bleu(counts.bleu),
        "rouge_l": np.mean(counts.rouge_l),
        "sentence rouge_l": counts.rouge_l,
        "cider": np.mean(counts.cider),
        "sentence cider": counts.cider,
    }


def assert_same(corpus: corpora.Corpus) -> None:
    expected = oracle(*corpus)
    for engine in ENGINES:
        found = ours(*corpus, engine)
        for score, values in expected.items():
            assert values.shape == found[score].shape
            assert (values == found[score]).all(), f"{engine} {score}: {found[score]} is not {values} for {corpus}"


@pytest.mark.parametrize("name", [name for name in NAMED if name != "all references empty"])
def test_equals_pycocoevalcap(name: str) -> None:
    assert_same(NAMED[name])


@pytest.mark.parametrize("engine", ENGINES)
def test_refuses_what_pycocoevalcap_refuses(engine: str) -> None:
    corpus = NAMED["all references empty"]
    with pytest.raises(ValueError, match="empty"):
        oracle(*corpus)
    with pytest.raises(InputError, match="all are empty"):
        count(*corpus, engine=engine)


@pytest.mark.parametrize("seed", range(8))
def test_equals_pycocoevalcap_on_random_corpora(seed: int) -> None:
    for corpus in corpora.random_corpora(50, seed=seed):
        assert_same(corpus)


def test_equals_pycocoevalcap_on_long_texts() -> None:
    """More than 64 and more than 512 tokens, where ROUGE-L changes its way of counting."""
    words = [f"w{number % 37}" for number in range(700)]
    references = [[" ".join(words[:130]), " ".join(words[5:64])], [" ".join(words[3:67])], [" ".join(words[:65])]]
    predictions = [" ".join(words[40:600:3]), " ".join(reversed(words[:64])), " ".join(words)]
    assert_same((predictions, references))


def test_the_matrix_holds_its_relations() -> None:
    """The relations between the corpora that the study of scorers found, on captions of our own."""
    scores = {name: ours(*corpus, "numpy") for name, corpus in NAMED.items() if name != "all references empty"}
    assert (scores["identical"]["bleu"].round(6) == 1).all()
    assert scores["identical"]["cider"] == pytest.approx(10)
    assert scores["unrelated"]["cider"] == scores["unrelated"]["rouge_l"] == scores["upper case"]["cider"] == 0
    assert scores["natural"]["bleu"][3] < scores["near"]["bleu"][3]  # a glued full stop costs
    assert scores["two references"]["bleu"][3] > scores["two references as rows"]["bleu"][3]
    assert scores["one item"]["cider"] == scores["identical references"]["cider"] == 0
    assert scores["both empty"]["sentence rouge_l"][2] == 1
    assert scores["both empty"]["sentence bleu"][2].max() < 1e-6
    assert scores["one-token reference"]["sentence cider"][2] == 2.5
    tight, loose = scores["identical"]["sentence rouge_l"][2], scores["trailing space"]["sentence rouge_l"][2]
    assert loose < tight
    assert (scores["trailing space"]["sentence bleu"][2] == scores["identical"]["sentence bleu"][2]).all()


@pytest.mark.parametrize("engine", ENGINES)
def test_one_changed_caption_changes_one_sentence(engine: str) -> None:
    """The comparison can fail: it does so at the caption that differs and nowhere else."""
    predictions, references = NAMED["near"]
    changed = [*predictions[:5], "an empty field", *predictions[6:]]
    expected, found = oracle(predictions, references), ours(changed, references, engine)
    for score in ("sentence bleu", "sentence rouge_l"):
        differing = (expected[score] != found[score]).reshape(8, -1).any(axis=1)
        assert differing.nonzero()[0].tolist() == [5]
    assert expected["bleu"][0] != found["bleu"][0]
    assert expected["cider"] != found["cider"]


def test_random_corpora_differ() -> None:
    first, second = islice(corpora.random_corpora(2, seed=0), 2)
    assert first != second
