import json

from hypothesis import given
from hypothesis import strategies as st

from sarbench.board.answers_shown import MOST_CHARACTERS, facts, shorten

values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["labels", "count", "boxes", "region", "fields", "mentions", "text"])


@given(st.one_of(st.text(), st.dictionaries(KEYS, values, max_size=7).map(json.dumps), values.map(json.dumps)))
def test_no_record_breaks_a_page(encoded):
    assert all(isinstance(text, str) for _, text in facts(encoded, texts=True).lines)


def test_every_key_of_the_record_is_shown():
    target = {
        "labels": ["ship", "car"],
        "count": 4,
        "boxes": [{"label": "ship", "xyxy": [1, 2.25, 3, 4], "position": "top left"}],
        "region": [0, 0, 9, 9],
        "fields": {"category": "ship", "size": None, "position": "middle"},
        "mentions": [["ship", "top left"]],
        "text": "four ships",
    }
    shown = facts(json.dumps(target), texts=True)
    assert dict(shown.lines) == {
        "text": "four ships",
        "count": "4",
        "labels": "ship, car",
        "category": "ship",
        "position": "middle",
        "mentions": "ship – top left",
        "boxes": "[1, 2.2, 3, 4] ship",
        "region": "[0, 0, 9, 9]",
    }
    assert shown.boxes[0].xyxy == (1, 2.25, 3, 4)
    assert shown.region.xyxy == (0, 0, 9, 9)


def test_free_text_is_held_back_where_it_may_not_be_shown():
    assert facts('{"text": "the authors\' words"}', texts=False).lines == ()


def test_long_texts_say_that_they_are_cut():
    assert shorten("x" * MOST_CHARACTERS) == "x" * MOST_CHARACTERS
    assert shorten("x" * 9000).endswith("… [cut here; 9000 characters in the run record]")
    boxes = facts(json.dumps({"boxes": [{"xyxy": [0, 0, 1, 1]}] * 30}), texts=True)
    assert dict(boxes.lines)["boxes"].endswith("and 22 more")
    assert len(boxes.boxes) == 30
