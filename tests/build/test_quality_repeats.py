from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from sarbench.schema import Box, Row
from tests.build.quality_case import boxed, findings, numbers, row

EVERY = {"id-repeated", "sample-repeated", "answers-contradict", "image-renamed"}


def test_different_rows_pass() -> None:
    rows = [
        row(0, image="a", question="What?", answers="ship"),
        row(1, image="b", question="What?", answers="car"),
        row(2, image="a", question="Where?", answers="top"),
        row(3, image=None, question="What?", answers="tank"),
        row(4, image=None, question="What?", answers="tank"),
    ]
    assert not EVERY & set(findings(rows))


def test_one_id_for_two_rows_is_an_error() -> None:
    rows = [row(0, id="fake/a/train/1"), row(1, image="b", id="fake/a/train/1")]
    found = findings(rows, step=1)["id-repeated"]
    assert (found.severity, found.count, found.examples[0].what) == ("error", 1, "as fake/a/train/1")


def test_equal_answers_to_equal_questions() -> None:
    rows = [row(at, question="What?", answers="ship") for at in range(3)]
    found = findings(rows, step=2)["sample-repeated"]
    assert (found.count, found.of, numbers(found)) == (2, 3, [1, 2])
    assert found.examples[0].what == "as fake/a/train/0"
    assert "answers-contradict" not in findings(rows)


def test_different_answers_to_equal_questions() -> None:
    texts = ["ship", "car", "Ship.", "tank"]
    rows = [row(at, question="What?", answers=text) for at, text in enumerate(texts)]
    found = findings(rows)["answers-contradict"]
    assert [example.what for example in found.examples] == [
        "against fake/a/train/1",
        "against fake/a/train/0",
        "against fake/a/train/1",
        "against fake/a/train/0",
    ]


def test_case_and_end_mark_are_no_contradiction() -> None:
    rows = [row(0, question="Trees?", answers="Yes"), row(1, question="Trees?", answers="yes.")]
    assert not EVERY & set(findings(rows))


def test_several_captions_of_an_image_are_no_contradiction() -> None:
    rows = [row(at, task="caption", question="Describe it.", answers=f"Text {at}.") for at in range(3)]
    assert not EVERY & set(findings(rows))


def test_another_region_is_another_question() -> None:
    rows = [
        row(at, task="region", question="What is there?", answers=f"{at}", region=(0.0, 0.0, 5.0, 5.0 + at))
        for at in range(2)
    ]
    assert not EVERY & set(findings(rows))


def test_one_image_under_two_names() -> None:
    rows = [row(at, image=name, content="same", question="What?", answers="ship") for at, name in enumerate("ab")]
    found = findings(rows)["image-renamed"]
    assert (found.count, found.examples[0].what) == (1, "as fake/a/train/0")
    assert "sample-repeated" not in findings(rows)


def test_boxes_are_the_answer_where_there_is_none() -> None:
    def detection(number: int, *edges: float) -> Row:
        boxes = tuple(Box("ship", (edge, 0.0, edge + 9, 9.0)) for edge in edges)
        return row(number, task="grounding", question=None, answers=(), boxes=boxes)

    assert "sample-repeated" in findings([detection(0, 1, 2), detection(1, 2, 1)])
    assert "sample-repeated" not in findings([detection(0, 1, 2), detection(1, 1, 3)])
    assert "sample-repeated" in findings([boxed((1, 2, 3, 4), answers=()), boxed((1, 2, 3, 4), answers=())])


def test_what_asks_and_answers_nothing_repeats_nothing() -> None:
    rows = [row(at, task="grounding", question=None, answers=()) for at in range(2)]
    assert not EVERY & set(findings(rows))


CELLS = st.tuples(
    st.sampled_from(["x", "y", None]),
    st.sampled_from("ab"),
    st.sampled_from(["What?", "Where?"]),
    st.sampled_from("mno"),
)


@given(st.lists(CELLS, min_size=1, max_size=12), st.integers(1, 5))
def test_repeats_as_a_naive_comparison_finds_them(cells: list[tuple[str | None, str, str, str]], step: int) -> None:
    """Cells: content of the image (None: not there), its name, question, answer."""
    rows = [
        row(at, image=name, content=content, question=question, answers=answer)
        for at, (content, name, question, answer) in enumerate(cells)
    ]
    samples: dict[object, list[int]] = defaultdict(list)
    questions: dict[object, set[str]] = defaultdict(set)
    named: dict[object, list[int]] = defaultdict(list)
    for at, (content, name, question, answer) in enumerate(cells):
        about = ("bytes", content) if content else ("name", name)
        samples[about, question, answer].append(at)
        named[about, question, answer, name].append(at)
        questions[about, question].add(answer)
    repeated = sorted(at for group in named.values() for at in group[1:])
    firsts = {group[0] for group in samples.values()}
    renamed = sorted(group[0] for key, group in named.items() if group[0] not in firsts and key[0][0] == "bytes")  # type: ignore[index]
    torn = [
        at
        for at, (content, name, question, _) in enumerate(cells)
        if len(questions[("bytes", content) if content else ("name", name), question]) > 1
    ]
    found = findings(rows, step=step)
    for rule, expected in (("sample-repeated", repeated), ("image-renamed", renamed), ("answers-contradict", torn)):
        assert (numbers(found[rule]) if rule in found else []) == expected
