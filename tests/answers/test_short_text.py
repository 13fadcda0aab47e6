"""The normal form of short answers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.answers import short_text

WORDS = st.sampled_from(
    ["a", "an", "The", "ship", "ships", "Harbor's", "-3", ".5", "1,234", "top-left", "C++", "É", "ß"]
)
JOINS = st.sampled_from([" ", "  ", "\n", ". ", ", ", '"', " (", ") ", " - ", "**", "’", "\u200b", "。"])


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Dense trees.", "dense trees"),
        ("  The   Dense\ntrees ", "dense trees"),
        ('"An open sea"', "open sea"),
        ("**Rectangular**", "rectangular"),
        ("(top left)", "top left"),
        ("- a ship", "ship"),
        ("the the", "the"),
        ("A.", "a"),
        ("THE", "the"),
        ("A road near the bridge", "road near bridge"),
        ("plan a", "plan a"),
        ("'a' ship", "ship"),
        ("ships", "ships"),
        ("harbor’s", "harbor's"),
        ("Straße", "strasse"),
        ("ＳＨＩＰ", "ship"),
        ("-3", "-3"),
        ("(-3)", "-3"),
        ("2 - 3", "2 - 3"),
        (".5", ".5"),
        ("... 5", "5"),
        ("5.", "5"),
        ("50 %", "50 %"),
        ("C++", "c++"),
        ("U.S.", "u.s"),
        ("...", ""),
        ("", ""),
    ],
)
def test_forms(text: str, form: str) -> None:
    assert short_text(text) == form


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(st.one_of(WORDS, JOINS), max_size=12).map("".join)))
def test_the_form_is_its_own_form(text: str) -> None:
    form = short_text(text)
    assert short_text(form) == form
    assert form == " ".join(form.split())


@settings(deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=6), JOINS)
def test_case_outer_marks_and_blanks_do_not_matter(words: list[str], around: str) -> None:
    text = " ".join(words)
    assert short_text(f"  {text.upper()} ") == short_text(text)
    if not any(word.startswith(("-", ".")) for word in words):
        assert short_text(f'"{text}."') == short_text(f"({text})!") == short_text(text)


@settings(deadline=None)
@given(st.text(st.characters(categories=["Cs", "Cc", "Mn"])))
def test_any_string_will_do(text: str) -> None:
    assert isinstance(short_text(text), str)
