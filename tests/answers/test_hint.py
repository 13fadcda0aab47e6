"""A look before a dear pattern never changes what is read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.answers import _polarity, _refusals, _verdicts
from sarbench.answers._hint import may_hold
from sarbench.answers._mention import Mention

PIECES = (
    "no not n't isn't never neither nor none nothing nope nah without zero 0 0.3 absent missing lack absence of devoid"
    " free false except excluding other than apart from aside besides beyond instead rather hardly barely any negative"
    " maybe ship car , . : ; ( ) [ ] ✗ - * is are visible there a the cannot can't unable to tell see wrong incorrect"
    " impossible if whether unclear unlikely doubt No: Absent: insufficient information please know 10 İ % null nil"
)
texts = st.lists(st.sampled_from(PIECES.split()), max_size=12).map(" ".join)


@settings(max_examples=500, deadline=None)
@given(texts, st.booleans())
def test_no_pattern_matches_where_none_of_its_words_is(text: str, upper: bool) -> None:
    text = text.upper() if upper else text
    for words, pattern in (
        (_polarity._NO_WORDS, _polarity._NO),
        (_polarity._OPEN_WORDS, _polarity._LEFT_OPEN),
        (_polarity._SOME_WORDS, _polarity._SOME),
        (_refusals._INABILITY_WORDS, _refusals._INABILITY),
    ):
        assert may_hold(text, words) or not pattern.search(text)
    assert _verdicts.may_deny(text) == (_verdicts._SIGN.search(text) is not None)


@settings(max_examples=500, deadline=None)
@given(texts)
def test_a_mention_is_read_the_same_with_every_pattern_tried(text: str) -> None:
    text = f"{text} ship"
    mention = Mention("ship", len(text) - 4, len(text))
    read = _verdicts.before(text, mention, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_verdicts, "may_hold", lambda text, words: True)
        patch.setattr(_verdicts, "_MARKED", _verdicts.re.compile(""))
        assert _verdicts.before(text, mention, 0) == read
