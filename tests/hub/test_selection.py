import pytest

from sarbench.errors import UnknownNameError
from sarbench.hub.selection import Part, parse_selection

THERE = ("train", "test")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("train", (Part("train"),)),
        (" test ", (Part("test"),)),
        ("train[:10%]", (Part("train", "[:10%]"),)),
        ("train[10:-5]+test", (Part("train", "[10:-5]"), Part("test"))),
        ("test[:50%](pct1_dropremainder)", (Part("test", "[:50%](pct1_dropremainder)"),)),
    ],
)
def test_expressions(text: str, parts: tuple[Part, ...]) -> None:
    assert parse_selection(text, THERE, where="set", streaming=False) == parts


@pytest.mark.parametrize("text", ["", "tset", "train[:2", "train+", "train,test", "all"])
def test_what_names_no_split(text: str) -> None:
    with pytest.raises(UnknownNameError, match="Take one of train, test"):
        parse_selection(text, THERE, where="set", streaming=False)


def test_streams_are_not_sliced() -> None:
    assert parse_selection("train+test", THERE, where="set", streaming=True) == (Part("train"), Part("test"))
    with pytest.raises(UnknownNameError, match="streaming reads from the start"):
        parse_selection("train[:2]", THERE, where="set", streaming=True)
