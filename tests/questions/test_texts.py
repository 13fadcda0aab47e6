import pytest

from sarbench.cli.tables import shortfalls
from sarbench.metrics import caption
from sarbench.runs.tally import PROTOCOLS, score_task
from tests.questions.rows import ROWS
from tests.runs.lines import lines_of

CAPTIONS = [
    "Two ships lie beside a long pier in the harbour.",
    "A row of storage tanks stands near the river.",
    "Several small aircraft are parked on the apron.",
    "A bridge with four spans crosses the wide river.",
    "Dense low buildings fill the left half of the scene.",
]
ANSWERS = [
    "two ships lie beside a pier in the harbour",
    "A row of tanks stands near the river.",
    "Several aircraft are parked on the apron.",
    "A bridge crosses the river.",
    "Buildings fill the scene.",
]


def lines(images=range(5), captions=CAPTIONS, answers=ANSWERS, kind="caption", **changes):
    made = []
    for number, (image, truth, answer) in enumerate(zip(images, captions, answers, strict=True)):
        (line,) = lines_of(kind, [answer], row={**ROWS[kind], "answers": [truth], **changes})
        made.append({**line, "id": f"s{number}", "image_id": f"i{image}"})
    return made


def values(scored, protocol, slice_="all"):
    numbers = {s.metric: s.value for s in scored.scores if (s.protocol, s.slice) == (protocol, slice_)}
    numbers.pop("differing_answers", None)
    return numbers


@pytest.mark.parametrize("protocol", ["paper", "strict"])
def test_one_caption_an_image_is_the_corpus_score(protocol: str) -> None:
    scored = score_task("t", "caption", lines())
    expected = caption.corpus_scores(ANSWERS, [[text] for text in CAPTIONS], protocol=protocol)
    assert values(scored, protocol) == pytest.approx(expected, abs=1e-15)
    for score in scored.scores:
        if score.metric == "differing_answers":
            assert score.value == 0
            continue
        assert score.low is not None
        assert score.high is not None
        assert score.low <= score.value <= score.high


def test_a_cider_without_document_frequencies_says_that_it_says_nothing() -> None:
    scored = score_task("t", "caption", lines([0], CAPTIONS[:1], CAPTIONS[:1]))
    told = {score.metric: (score.value, bool(score.note)) for score in scored.scores if score.protocol == "strict"}
    assert told["cider"] == (0.0, True)
    assert told["rouge_l"] == (1.0, False)
    (said,) = shortfalls(scored)
    assert said.startswith("t: cider (strict), cider (paper): is 0 whatever is answered")
    assert not list(shortfalls(score_task("t", "caption", lines())))


def test_strict_groups_rows_of_one_image_and_paper_does_not() -> None:
    images = [0, 0, 1, 2, 3]
    answers = [ANSWERS[0], "another answer to the same image", *ANSWERS[2:]]
    scored = score_task("t", "caption", lines(images, answers=answers))
    grouped = caption.corpus_scores(
        [answers[0], *answers[2:]], [CAPTIONS[:2], *([text] for text in CAPTIONS[2:])], protocol="strict"
    )
    assert values(scored, "strict") == pytest.approx(grouped, abs=1e-15)
    rows = caption.corpus_scores(answers, [[text] for text in CAPTIONS], protocol="paper")
    assert values(scored, "paper") == pytest.approx(rows, abs=1e-15)
    assert {s.n for s in scored.scores if s.protocol == "strict"} == {4}
    assert next(s.value for s in scored.scores if s.metric == "differing_answers") == 1
    assert {s.n for s in scored.scores if s.protocol == "paper"} == {5}


def test_a_slice_keeps_the_document_frequencies_of_the_whole() -> None:
    all_lines = lines()
    scored = score_task("t", "caption", all_lines, slices={"two": {"s0", "s1"}})
    facts = caption.facts(ANSWERS, [[text] for text in CAPTIONS], protocol="strict")
    assert values(scored, "strict", "two")["cider"] == pytest.approx(facts.means["cider"][:2].mean())


def test_an_answer_that_is_none_scores_as_an_empty_one() -> None:
    answers = ["I cannot see the image.", *ANSWERS[1:]]
    scored = score_task("t", "caption", lines(answers=answers))
    expected = caption.corpus_scores(["", *answers[1:]], [[text] for text in CAPTIONS], protocol="strict")
    assert values(scored, "strict") == pytest.approx(expected, abs=1e-15)


def test_fields_about_one_image_are_grouped_by_field() -> None:
    made = []
    for number, (name, truth, answer) in enumerate(zip("AABBC", CAPTIONS, ANSWERS, strict=True)):
        made += [{**line, "id": f"s{number}"} for line in lines([0], [truth], [answer], "field", subtask=name)]
    scored = score_task("t", "field", made)
    assert {s.n for s in scored.scores if s.protocol == "strict" and s.slice == "all" and s.metric != "exact"} == {3}
    assert {s.slice for s in scored.scores} == {"all", "A", "B", "C"}


def test_what_cannot_be_computed_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    from sarbench.metrics.unavailable import UnavailableError

    real = caption.facts

    def without_java(predictions, references, *, protocol):
        if protocol == "coco":
            raise UnavailableError(where="java", problem="is not installed", fix="Install it")
        return real(predictions, references, protocol=protocol)

    monkeypatch.setattr(caption, "facts", without_java)
    scored = score_task("t", "caption", lines(), protocols=("strict", "coco"))
    coco = [s for s in scored.scores if s.protocol == "coco"]
    assert coco
    for score in coco:
        assert (score.value, score.method) == (None, "unavailable")
        assert "is not installed" in score.note
    assert values(scored, "strict")["cider"] > 0
    assert set(PROTOCOLS) >= {"strict", "coco"}


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["coco", "nltk"])
def test_other_protocols_are_their_corpus_scores(protocol: str) -> None:
    from sarbench.metrics.unavailable import UnavailableError

    try:
        expected = caption.corpus_scores(ANSWERS, [[text] for text in CAPTIONS], protocol=protocol)
    except UnavailableError as reason:
        pytest.skip(str(reason))
    scored = score_task("t", "caption", lines(), protocols=(protocol,))
    found = {name: value for name, value in values(scored, protocol).items() if value is not None}
    assert found == pytest.approx(expected, abs=1e-12)
    for score in scored.scores:
        if score.low is not None:
            assert score.low <= score.value <= score.high
