"""The kernels by themselves: edges, refusals, and what results may not depend on."""

import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.errors import InputError, MissingExtraError, UnknownNameError
from sarbench.metrics.caption.kernels import (
    CaptionCounts,
    array_grams,
    array_lcs,
    corpus_bleu,
    count,
    counting,
    jit_grams,
    jit_lcs,
    jit_words,
    sentence_bleu,
    words,
)
from tests.metrics.caption import corpora

TEXTS = st.lists(st.sampled_from(["a", "b", "ab", "船", *corpora.SPACES]), max_size=12).map("".join)


@pytest.fixture(params=["numpy", "numba"])
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == "numba":
        pytest.importorskip("numba", reason="numba is not installed")
    return request.param


def same(first: CaptionCounts, second: CaptionCounts) -> bool:
    fields = ("bleu", "rouge_l", "cider")
    return all(np.array_equal(getattr(first, field), getattr(second, field)) for field in fields)


def test_counts_of_a_worked_example(engine: str) -> None:
    counts = count(["a a a ship"], [["a ship", "a a boat in the harbour"]], engine=engine)
    # "a" is clipped to the two of the second reference; "a a" to its one; lengths 2 and 6 are equally close to 4.
    assert counts.bleu.tolist() == [[3, 2, 0, 0, 4, 3, 2, 1, 4, 2]]
    precision, recall = 2 / 4, 2 / 2
    assert counts.rouge_l[0] == pytest.approx(2.44 * precision * recall / (recall + 1.44 * precision))
    assert counts.cider.tolist() == [0.0]


def test_counts_without_any_token(engine: str) -> None:
    counts = count(["", "a", " "], [[""], ["a"], [""]], engine=engine)
    assert counts.bleu[0].tolist() == counts.bleu[2].tolist() == [0] * 10
    assert counts.rouge_l.tolist() == [1.0, 1.0, 1 / 1 * 2.44 * 0.5 / (1 + 1.44 * 0.5)]
    assert counts.cider[[0, 2]].tolist() == [0.0, 0.0]


def test_only_what_is_wanted(engine: str) -> None:
    everything = count(["a b", "c"], [["a c"], ["c"]], engine=engine)
    some = count(["a b", "c"], [["a c"], ["c"]], engine=engine, want={"rouge_l"})
    assert some.bleu.shape == (0, 10)
    assert some.cider.shape == (0,)
    assert np.array_equal(some.rouge_l, everything.rouge_l)
    assert count(["a"], [[""]], engine=engine, want=["bleu"]).bleu.shape == (1, 10)


@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS, min_size=1, max_size=3)), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_engines_agree(items: list[tuple[str, list[str]]]) -> None:
    pytest.importorskip("numba", reason="numba is not installed")
    predictions, references = [text for text, _ in items], [[*texts, "a"] for _, texts in items]
    arrays, machine = (count(predictions, references, engine=engine) for engine in ("numpy", "numba"))
    assert same(arrays, machine)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_lengths_are_those_of_pythons_split(text: str) -> None:
    for encode in (words.encode, jit_words.encode) if counting.find_spec("numba") else (words.encode,):
        corpus = encode([text, "a b"], [["b"], [text]])
        assert corpus.words.lengths.tolist() == [len(text.split()), 2, 1, len(text.split())]
        assert corpus.pieces.lengths.tolist() == [len(text.split(" ")), 2, 1, len(text.split(" "))]
        assert corpus.words.ids[corpus.words.starts[1] + 1] == corpus.words.ids[corpus.words.starts[2]]


def test_words_that_differ_only_in_composition_or_as_surrogates_stay_apart(engine: str) -> None:
    counts = count(["\u00e9 \ud800", "x"], [["e\u0301 \udc00", "\u00e9"], ["x"]], engine=engine)
    assert counts.bleu[0, :2].tolist() == [1, 0]


@pytest.mark.parametrize("size", [1, 7, 100])
def test_results_do_not_depend_on_the_chunks(engine: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = list(corpora.random_corpora(6, seed=11))
    expected = [count(*sample, engine=engine) for sample in samples]
    for module, name in (
        (array_grams, "_TOKENS"),
        (array_lcs, "_PAIRS"),
        (jit_grams, "_TOKENS"),
        (words, "_TEXTS"),
        (jit_words, "_TEXTS"),
    ):
        monkeypatch.setattr(module, name, size)
    for sample, counts in zip(samples, expected, strict=True):
        assert same(count(*sample, engine=engine), counts)


@pytest.mark.parametrize("threads", [1, 5])
def test_results_do_not_depend_on_the_threads(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba", reason="numba is not installed")
    sample = next(corpora.random_corpora(1, seed=5))
    expected = count(*sample, engine="numba")
    monkeypatch.setattr(jit_grams, "_THREADS", threads)
    monkeypatch.setattr(jit_lcs, "_THREADS", threads)
    assert same(count(*sample, engine="numba"), expected)


def test_engines_agree_on_many_words() -> None:
    """More than 65,536 distinct words, and hash tables that grow."""
    pytest.importorskip("numba", reason="numba is not installed")
    draw = random.Random(2)
    texts = [" ".join(f"{draw.randrange(10**6):x}" for _ in range(20)) for _ in range(8_000)]
    predictions = [text if draw.random() < 0.5 else " ".join(draw.sample(text.split(), 12)) for text in texts]
    references = [[text] if draw.random() < 0.9 else [text, draw.choice(texts)] for text in texts]
    arrays = count(predictions, references, engine="numpy")
    assert len({word for text in texts for word in text.split()}) > 65_536
    assert same(arrays, count(predictions, references, engine="numba"))


def test_corpus_bleu_takes_leading_axes() -> None:
    counts = count(*corpora.named()["near"]).bleu
    draws = np.random.default_rng(0).integers(0, 8, (3, 2, 8))
    sums = counts[draws].sum(axis=2)
    scores = corpus_bleu(sums)
    assert scores.shape == (3, 2, 4)
    assert np.array_equal(scores[1, 1], corpus_bleu(sums[1, 1].tolist()))
    assert sentence_bleu(counts).shape == (8, 4)


@pytest.mark.parametrize(
    ("predictions", "references", "message"),
    [
        ([], [], "no items"),
        (["a"], [["a"], ["b"]], "1 predictions but 2"),
        (["a", None], [["a"], ["b"]], "prediction 1: is NoneType"),
        (["a", "b"], [["a"], []], "references of item 1: are empty"),
        (["a", "b"], [["a"], None], "references of item 1: are NoneType"),
        (["a", "b"], [["a"], "b"], "references of item 1: are str"),
        (["a", "b"], [["a"], ["b", 3]], "reference 1 of item 1: is int"),
        ("ab", [["a"], ["b"]], "a single string"),
        (["a", "b"], [["", " "], ["\t"]], "all are empty"),
    ],
)
def test_what_cannot_be_scored_is_refused(predictions: object, references: object, message: str, engine: str) -> None:
    with pytest.raises(InputError, match=message):
        count(predictions, references, engine=engine)


def test_names_that_do_not_exist_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="meteor"):
        count(["a"], [["a"]], want=["meteor"])
    with pytest.raises(UnknownNameError, match="cuda"):
        count(["a"], [["a"]], engine="cuda")


@pytest.mark.parametrize("sums", [[1, 2, 3], 5, [[float("nan")] * 10], [-1] + [0] * 9])
def test_counts_that_are_none_are_refused(sums: object) -> None:
    with pytest.raises(InputError):
        corpus_bleu(sums)


def test_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="numba"):
        count(["a"], [["a"]], engine="numba")
    monkeypatch.setattr(counting, "_WORTH_STARTING", 0)
    assert count(["a"], [["a"]]).rouge_l.tolist() == [1.0]


def test_auto_starts_numba_for_many_items_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "find_spec", lambda name: object())
    limit = counting._WORTH_STARTING
    assert counting._engine("auto", limit - 1).encode is words.encode
    assert counting._engine("auto", limit).encode is jit_words.encode


def test_importing_does_not_import_numba() -> None:
    code = "import sys, sarbench.metrics.caption.kernels; print([n for n in ('numba', 'torch') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_cache_folder_that_cannot_be_written_is_no_hindrance() -> None:
    pytest.importorskip("numba", reason="numba is not installed")
    code = (
        "from numba.core.caching import FunctionCache\n"
        "FunctionCache._impl_class._locator_classes = []\n"
        "from sarbench.metrics.caption.kernels import compiled, jit_match\n"
        "import numba, numpy as np\n"
        "try:\n"
        "    numba.njit(cache=True)(jit_match.add_up)\n"
        "except RuntimeError:\n"
        "    print('no cache')\n"
        "sums = np.empty(1)\n"
        "compiled.compiled(jit_match.add_up)(np.array([1.0, 2.0]), np.array([0, 2]), sums)\n"
        "print(sums[0])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "no cache\n3.0\n", done.stderr
