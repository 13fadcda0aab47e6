"""The `coco` protocol against pycocoevalcap's own drivers of the same Java programs."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from sarbench.errors import InputError
from sarbench.metrics import caption
from sarbench.metrics.caption import java, meteor_program
from sarbench.metrics.caption.meteor import score_statistics
from sarbench.metrics.caption.ptb import one_line, ptb_tokenise

pytest.importorskip("pycocoevalcap.bleu.bleu", reason="pycocoevalcap carries the Java programs")
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="no java on PATH")

_SAID = [
    "Two large ships are docked near the pier.",
    "An airport (with 3 runways), seen from above!",
    "farmland beside a river",
    "The harbor's cranes don't move; 20% of them are “idle”.",
    "a bridge over the water",
    "",
    "a bridge over the water",
    "😀 several oil-tanks – round, bright",
    "The image shows the U.S. coast",
    "x ||| y",
]
_MEANT = [
    ["Two big vessels are moored close to a pier.", "two large ships are docked near the pier"],
    ["An airport with three runways.", "An airfield", "A large airport (seen from above)"],
    ["Farmland next to the river bank."],
    ["The cranes of the harbour do not move."],
    ["A bridge over the water.", "a bridge crosses the river"],
    ["Nothing but sea clutter..."],
    ["The bridge."],
    ["Several round oil tanks, bright."],
    ["A coast line in the U.S."],
    ["x y z"],
]


def test_no_line_break_of_any_kind_shifts_a_caption() -> None:
    marks = ["\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\r\n", "\n"]
    broken = [f"two{mark}ships {i}" for i, mark in enumerate(marks)]
    others = ["", "   ", "😀", "\ud83d", "a  b ", "e\u0301tang", '<a href="', "next caption", "> end", "No.", "5 ships"]
    tokens = ptb_tokenise([*broken, *others])
    assert [tokens[text] for text in broken] == [f"two ships {i}" for i in range(len(marks))]
    assert [tokens[text] for text in others[:3]] == ["", "", ""]
    assert tokens["a  b "] == "a b"
    assert tokens["e\u0301tang"] == "\u00e9tang"
    # Neither markup left open nor an abbreviation at the end looks into the neighbour.
    assert tokens["next caption"] == "next caption"
    assert tokens["No."] == "no"
    assert one_line("\ud83d\ude00") == "😀"


def test_tokens_of_real_captions_are_those_of_pycocoevalcap(real_data: Path) -> None:
    from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer

    path = real_data / "fusar_geovl" / "caption_part1.json"
    if not path.is_file():
        pytest.skip(f"no captions at {path}")
    texts = sorted(_long_texts(json.loads(path.read_text(encoding="utf-8"))))
    tokens = ptb_tokenise(texts)
    oracle = PTBTokenizer().tokenize({i: [{"caption": one_line(text)}] for i, text in enumerate(texts)})
    assert [tokens[text] for text in texts] == [oracle[i][0] for i in range(len(texts))]
    share = sum(caption.tokenise(text) == tokens[text].split() for text in texts) / len(texts)
    print(f"agreement of the strict tokeniser with PTBTokenizer 3.4.1 on {len(texts)} real texts: {100 * share:.1f} %")
    assert share > 0.85


def _long_texts(record: object) -> set[str]:
    """Collect every text of more than five words, wherever it stands in the authors' JSON."""
    if isinstance(record, str):
        return {record} if len(record.split()) > 5 else set()
    inner = record.values() if isinstance(record, dict) else record if isinstance(record, list) else ()
    return set().union(*map(_long_texts, inner))


def test_references_that_hold_no_word_are_refused_before_meteor_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meteor_program, "_JAR", "no such file")
    with pytest.raises(InputError, match="no word"):
        caption.corpus_scores(["a", "b"], [["."], ["😀", "..."]], protocol="coco")


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> caption.CaptionFacts:
    """Scores with METEOR's files in a folder whose name has a blank, where the program alone finds no table."""
    folder = tmp_path_factory.mktemp("with blank")

    def jar(part: str) -> Path:
        target = folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            try:
                os.link(java.jar(part), target)
            except OSError:
                shutil.copy(java.jar(part), target)
        return target

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(meteor_program, "jar", jar)
        return caption.facts(_SAID, _MEANT, protocol="coco")


@pytest.mark.slow
def test_coco_equals_the_pipeline_of_pycocoevalcap(facts: caption.CaptionFacts) -> None:
    from pycocoevalcap.bleu.bleu import Bleu
    from pycocoevalcap.cider.cider import Cider
    from pycocoevalcap.meteor.meteor import Meteor
    from pycocoevalcap.rouge.rouge import Rouge
    from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer

    cut = PTBTokenizer()
    references = cut.tokenize({i: [{"caption": text} for text in texts] for i, texts in enumerate(_MEANT)})
    hypotheses = cut.tokenize({i: [{"caption": text}] for i, text in enumerate(_SAID)})
    four, four_each = Bleu(4).compute_score(references, hypotheses, verbose=0)
    rouge, rouge_each = Rouge().compute_score(references, hypotheses)
    cider, cider_each = Cider().compute_score(references, hypotheses)
    meteor, meteor_each = Meteor().compute_score(references, hypotheses)
    expected = {f"bleu{n}": four[n - 1] for n in range(1, 5)}
    assert facts.corpus == expected | {"rouge_l": rouge, "cider": cider, "meteor": meteor}
    np.testing.assert_array_equal(facts.means["rouge_l"], rouge_each)
    np.testing.assert_array_equal(facts.means["cider"], cider_each)
    np.testing.assert_array_equal(facts.means["meteor"], meteor_each)
    assert facts.bleu is not None
    assert facts.bleu.shape == (len(_SAID), 10)
    assert len(four_each[0]) == len(_SAID)


@pytest.mark.slow
def test_meteor_of_any_items_follows_from_their_statistics(facts: caption.CaptionFacts) -> None:
    assert facts.meteor is not None
    np.testing.assert_allclose(score_statistics(facts.meteor), facts.means["meteor"], rtol=0, atol=1e-14)
    assert score_statistics(facts.meteor.sum(axis=0)) == pytest.approx(facts.corpus["meteor"], abs=1e-14)
    assert facts.corpus["meteor"] != pytest.approx(facts.means["meteor"].mean(), abs=1e-3)


@pytest.mark.slow
def test_signatures_name_the_external_programs(facts: caption.CaptionFacts) -> None:
    assert facts.signatures["bleu4"] == "bleu4|coco|tok:ptb-3.4.1|ref:closest|v:1"
    assert facts.signatures["meteor"] == "meteor|coco|tok:ptb-3.4.1|meteor:1.5|lang:en|norm:yes|v:1"
    assert set(facts.signatures) == set(facts.corpus)
