from typing import Any

import numpy as np
import pytest

from sarbench.errors import InputError, UnknownNameError
from sarbench.metrics import caption
from sarbench.metrics.caption import kernels

_SAID = [
    "Two ships are docked near the pier.",
    "a large  harbor with several ships",
    "An airport, seen from above",
    "farmland beside a river ",
    "",
]
_MEANT = [
    ["Two ships are moored near a pier.", "two ships by the pier"],
    ["A large harbor with many ships."],
    ["an airport with three runways"],
    ["farmland beside the river"],
    ["A bridge over the water"],
]


def _pycocoevalcap(said: list[str], meant: list[list[str]]) -> dict[str, float]:
    """Call the scorer classes directly on raw strings, as SARLANG-1M's script does."""
    bleu = pytest.importorskip("pycocoevalcap.bleu.bleu", reason="pycocoevalcap is the oracle of `paper`")
    from pycocoevalcap.cider.cider import Cider
    from pycocoevalcap.rouge.rouge import Rouge

    references, hypotheses = dict(enumerate(meant)), {i: [text] for i, text in enumerate(said)}
    four = bleu.Bleu(4).compute_score(references, hypotheses, verbose=0)[0]
    scores = {f"bleu{n}": four[n - 1] for n in range(1, 5)}
    scores["rouge_l"] = Rouge().compute_score(references, hypotheses)[0]
    return scores | {"cider": Cider().compute_score(references, hypotheses)[0]}


@pytest.mark.parametrize("references", [_MEANT, [texts[:1] for texts in _MEANT]])
def test_paper_is_pycocoevalcap_on_raw_strings(references: list[list[str]]) -> None:
    assert caption.corpus_scores(_SAID, references) == _pycocoevalcap(_SAID, references)


def test_paper_keeps_case_punctuation_and_double_blanks() -> None:
    said, meant = ["A ship.", "two  ships in port"], [["a ship"], ["two ships in port"]]
    raw = caption.facts(said, meant, protocol="paper")
    assert raw.means["rouge_l"][0] == 0.0
    assert raw.means["rouge_l"][1] < 1.0  # ROUGE-L alone cuts at every single blank and sees an empty word
    ours = caption.facts(said, meant, protocol="strict")
    assert ours.means["rouge_l"].tolist() == [1.0, 1.0]


def test_strict_is_pycocoevalcap_on_our_tokens() -> None:
    def cut(text: str) -> str:
        return " ".join(caption.tokenise(text))

    expected = _pycocoevalcap([cut(text) for text in _SAID], [[cut(text) for text in texts] for texts in _MEANT])
    assert caption.corpus_scores(_SAID, _MEANT, protocol="strict") == expected


@pytest.mark.parametrize("mark", ["\r", "\v", "\f", "\u2028", "\x85", "\r\n", "\n\n"])
def test_a_line_break_inside_a_caption_shifts_no_other_caption(mark: str) -> None:
    said = [f"two{mark}ships", "a bridge", "the river"]
    found = caption.facts(said, [["two ships"], ["a bridge"], ["the river"]], protocol="strict")
    assert found.means["rouge_l"].tolist() == [1.0, 1.0, 1.0]
    assert (found.means["cider"] > 0).all()


def test_an_answer_without_a_word_scores_zero_even_against_an_empty_reference() -> None:
    said, meant = ["", "...", "😀", "a ship"], [[""], ["."], ["a pier"], ["a ship"]]
    found = caption.facts(said, meant, protocol="strict")
    assert found.means["rouge_l"].tolist() == [0.0, 0.0, 0.0, 1.0]
    assert found.corpus["rouge_l"] == 0.25
    assert caption.facts(said, meant, protocol="paper").means["rouge_l"][0] == 1.0  # pycocoevalcap's quirk, kept


def test_normal_forms_and_case_do_not_matter_under_strict() -> None:
    scores = [
        caption.corpus_scores([text, "x"], [["un \u00e9tang"], ["y"]], protocol="strict")
        for text in ("un \u00e9tang", "UN E\u0301TANG.")
    ]
    assert scores[0] == scores[1]


@pytest.mark.parametrize("protocol", ["paper", "strict"])
def test_the_facts_are_enough_to_score_any_part_of_the_items(protocol: str) -> None:
    found = caption.facts(_SAID, _MEANT, protocol=protocol)
    assert found.bleu is not None
    part = [0, 2, 2, 3]
    again = caption.corpus_scores([_SAID[i] for i in part], [_MEANT[i] for i in part], protocol=protocol)
    resampled = kernels.corpus_bleu(found.bleu[part].sum(axis=0))
    assert resampled.tolist() == [again[f"bleu{n}"] for n in range(1, 5)]
    for metric, values in found.means.items():
        assert values.shape == (len(_SAID),)
        assert found.corpus[metric] == values.mean()


def test_sentence_scores_are_scores_of_single_captions() -> None:
    scores = caption.sentence_scores(_SAID, _MEANT, protocol="strict")
    assert set(scores) == {"bleu1", "bleu2", "bleu3", "bleu4", "rouge_l", "cider"}
    alone = caption.corpus_scores(_SAID[:1], _MEANT[:1], protocol="strict")
    assert [scores[f"bleu{n}"][0] for n in range(1, 5)] == [alone[f"bleu{n}"] for n in range(1, 5)]
    assert np.isfinite(np.stack(list(scores.values()))).all()


def test_one_item_has_no_cider() -> None:
    assert caption.corpus_scores(["a ship"], [["a ship"]], protocol="strict")["cider"] == 0.0


@pytest.mark.parametrize("protocol", caption.PROTOCOLS)
@pytest.mark.parametrize("empty", ["", "  ", "\u2028"])
def test_references_without_a_word_are_refused(protocol: str, empty: str) -> None:
    with pytest.raises(InputError, match="no word"):
        caption.corpus_scores(["", ""], [[empty], [empty, empty]], protocol=protocol)  # nothing for Java to do


@pytest.mark.parametrize("protocol", caption.PROTOCOLS)
@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (["a"], [["a"], ["b"]]),
        ([], []),
        ([None], [["a"]]),
        (["a"], [[]]),
        (["a"], ["a"]),
        (["a"], [[None]]),
        (["a"], [None]),
        ("a", [["a"]]),
    ],
)
def test_input_that_cannot_be_scored_is_named(protocol: str, said: list[str], meant: list[list[str]]) -> None:
    with pytest.raises(InputError) as caught:
        caption.corpus_scores(said, meant, protocol=protocol)
    assert caught.value.where
    assert caught.value.fix


def test_an_unknown_protocol_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"'bleu'.*'paper', 'strict', 'coco', 'nltk'"):
        caption.corpus_scores(["a"], [["a"]], protocol="bleu")


@pytest.mark.parametrize("protocol", ["paper", "strict"])
def test_every_score_has_a_signature_that_names_its_protocol(protocol: str) -> None:
    found = caption.facts(_SAID, _MEANT, protocol=protocol)
    assert set(found.signatures) == set(found.corpus)
    assert len(set(found.signatures.values())) == len(found.corpus)
    assert all(f"{metric}|{protocol}|" in line for metric, line in found.signatures.items())


def test_importing_the_package_imports_no_optional_package() -> None:
    import subprocess
    import sys

    names = ["nltk", "rouge_score", "pycocoevalcap", "numba", "torch", "datasets"]
    code = f"import sys, sarbench.metrics.caption; print([n for n in {names} if n in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


@pytest.mark.parametrize("protocol", ["paper", "strict"])
@pytest.mark.parametrize("items", [1, 3])
def test_a_cider_that_can_only_be_0_says_so(protocol: str, items: int) -> None:
    """A single image, or one template for all of them: perfect answers and wrong ones score the same."""
    alike = [["a ship in port", "one ship"]] * items
    found = caption.facts(["a ship in port"] * items, alike, protocol=protocol)
    assert found.corpus["cider"] == 0.0 < found.corpus["rouge_l"]
    assert "whatever is answered" in found.notes["cider"]
    assert not caption.facts(["a ship in port"] * (items + 1), [*alike, ["the sea"]], protocol=protocol).notes


NO_LISTS: tuple[Any, ...] = (None, 5, 1.5, b"x", object(), {"a"}, {"a": "b"}, iter(["a"]), np.array(3.0), [[]], [None])


@pytest.mark.parametrize("odd", NO_LISTS)
def test_what_is_no_list_of_captions_is_refused(odd: Any) -> None:
    for ask in (caption.corpus_scores, caption.sentence_scores):
        for said, meant in ((odd, odd), (odd, [["a ship"]]), (["a ship"], odd)):
            with pytest.raises(InputError):
                ask(said, meant)
    with pytest.raises(InputError, match="image_ids"):
        caption.group_by_image(odd, ["a ship"], [["a ship"]])
    with pytest.raises(InputError):
        caption.tokenise(odd)


@pytest.mark.parametrize("odd", [None, 5, ["paper"], np.array(["paper", "strict"])])
def test_what_is_no_name_is_no_protocol(odd: Any) -> None:
    with pytest.raises(UnknownNameError, match="none of the caption protocols"):
        caption.corpus_scores(["a ship"], [["a ship"]], protocol=odd)
