import pytest

from tests.build.quality_case import answering, boxed, findings, numbers, row

WHOLE = "Aerial view of a large industrial area with a lot of tanks."


def test_good_texts_pass() -> None:
    texts = [WHOLE, "Ünïted façades – 3 × 4 m, “quoted” and naïve.", "Yes", "top left", "4", "no."]
    assert not {"answer-empty", "answer-cut", "answer-placeholder", "mojibake", "prompt-remains"} & set(
        findings(answering(texts))
    )
    assert "unprintable-text" not in findings(answering(["two\nlines\tand a tab"]))


@pytest.mark.parametrize("answer", ["", "  ", ".", "\n"])
def test_an_empty_answer_is_an_error(answer: str) -> None:
    found = findings(answering(["Yes", answer]))["answer-empty"]
    assert (found.severity, found.count, found.of, numbers(found)) == ("error", 1, 2, [1])


def test_no_answer_at_all_is_empty() -> None:
    assert findings([row(answers=())])["answer-empty"].count == 1
    assert findings([row(answers=(), question=None, task="caption")])["answer-empty"].count == 1


def test_boxes_and_counts_are_answers() -> None:
    assert "answer-empty" not in findings([boxed((1, 2, 3, 4), answers=())])
    assert "answer-empty" not in findings([row(answers=(), question=None, task="grounding")])
    assert "answer-empty" not in findings([row(answers=(), task="counting", count=3)])


@pytest.mark.parametrize("answer", ["N/A", "none", "Unknown", "NaN", "-", "?", "not available"])
def test_placeholders(answer: str) -> None:
    assert findings(answering([answer, "a ship"]))["answer-placeholder"].count == 1


def test_a_placeholder_among_the_choices_is_an_answer() -> None:
    assert "answer-placeholder" not in findings([row(answers="none", choices=("ship", "none"))])


@pytest.mark.parametrize("end", ["of the", "is visible and", "with tanks,", "a quay (", "beside an"])
def test_long_answers_that_break_off(end: str) -> None:
    found = findings(answering([WHOLE, f"A very large ship lies there, {end}"]))["answer-cut"]
    assert (found.count, numbers(found)) == (1, [1])
    assert found.examples[0].what.endswith(end)


def test_short_answers_and_labels_may_end_as_they_like() -> None:
    assert "answer-cut" not in findings(answering(["to the"]))
    assert "answer-cut" not in findings(answering(["Parcels with smooth edges and channels in-between"]))
    label = "the building to the right that stands in"
    assert "answer-cut" not in findings(answering([label], task="classification"))


def test_a_text_cut_within_a_word_is_told_by_its_missing_end_mark() -> None:
    cut = "Aerial view of a large industrial area with a lot of tan"
    found = findings(answering([WHOLE] * 19 + [cut]), step=7)["answer-unended"]
    assert (found.count, found.of, numbers(found)) == (1, 20, [19])
    assert "answer-unended" not in findings(answering([WHOLE, cut]))


@pytest.mark.parametrize("text", ["CafÃ© by the sea", "ï¿½", "a \ufffd sign", "itâ€™s a ship", "5 Â° north"])
def test_wrong_encodings(text: str) -> None:
    assert findings(answering([text, "Île d'Âge"]))["mojibake"].count == 1


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x9f", "\u200b", "\ufeff", "\u202e"])
def test_what_prints_nothing_is_spelled_out(sign: str) -> None:
    found = findings([row(question=f"What{sign}?"), row(1, image="b")])["unprintable-text"]
    assert found.count == 1
    assert found.examples[0].what.isascii()


@pytest.mark.parametrize(
    "text", ["<image>\nA ship.", "As an AI, I see a ship", "I'm sorry, but no", "<|im_end|>", "I cannot see it"]
)
def test_remains_of_a_prompt(text: str) -> None:
    assert findings(answering([text, "A ship as an aid to sailing"]))["prompt-remains"].count == 1
    assert findings([row(question=text)])["prompt-remains"].count == 1


def test_examples_stop_and_counting_goes_on() -> None:
    found = findings(answering([""] * 50), step=9)["answer-empty"]
    assert (found.count, found.of, numbers(found)) == (50, 50, list(range(20)))
