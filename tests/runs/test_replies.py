import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.runs.replies import read_reply


@given(st.text())
def test_only_the_whole_word_is_a_verdict(reply: str) -> None:
    found = read_reply(reply, "yes_no")
    bare = reply.strip()
    bare = bare[:-1] if bare.endswith(".") else bare
    assert found == {"yes": True, "no": False}.get(bare.lower())


@given(st.sampled_from(["yes", "no", "Yes", "NO"]), st.text(alphabet=" \t\n", max_size=3), st.booleans())
def test_a_verdict_may_have_space_around_it_and_one_full_stop(word: str, space: str, stop: bool) -> None:
    assert read_reply(space + word + "." * stop + space, "yes_no") is (word.lower() == "yes")


@given(
    st.text(min_size=1).filter(lambda text: text.strip().strip(".").strip()), st.sampled_from(["yes", "no", "1", "0"])
)
def test_a_verdict_among_other_words_is_none(words: str, verdict: str) -> None:
    assert read_reply(f"{words}, {verdict}", "yes_no") is None
    assert read_reply(f"{verdict} {words}", "yes_no") is None


@given(st.text())
def test_the_papers_cast_takes_what_int_takes(reply: str) -> None:
    try:
        expected = {1: True, 0: False}.get(int(reply))
    except ValueError:
        expected = None
    assert read_reply(reply, "integer") is expected


@pytest.mark.parametrize(
    "reply", ["0 (the ground truth is 10)", "The answer is 1", "yes.", "1.0", "", "11", "-1", "yes and no", "yes.."]
)
def test_traps_of_other_harnesses(reply: str) -> None:
    assert read_reply(reply, "integer") is None
    assert read_reply(reply, "yes_no") is (True if reply == "yes." else None)


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("<think>Is it? No: the pond is no lake.</think>\n\nno", False),
        ("The words differ, yes.</think>Yes.", True),  # the opening tag stood in the prompt
        ("<think>yes</think> <answer>no</answer>", False),
        ("<think>yes", None),  # cut off before its answer
        ("<think>yes</think>", None),
        ("<think>It is.</think> I would say yes", None),
    ],
)
def test_what_is_thought_is_no_part_of_the_reply(reply: str, verdict: bool | None) -> None:
    assert read_reply(reply, "yes_no") is verdict
    assert read_reply(reply, "integer") is None
