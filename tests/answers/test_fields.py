"""Identification answers."""

import itertools

import pytest

from sarbench.answers import parse
from sarbench.answers.synonyms import CLASSES, SIZES


@pytest.mark.parametrize(("category", "size"), itertools.product(CLASSES, SIZES))
def test_every_class_and_size(category: str, size: str) -> None:
    for word in SIZES[size]:
        found = parse(f"In the upper-left corner lies a {word} {category} {{<1><2><3><4>}}.", kind="fields")
        assert found.value == {"category": category, "size": size, "position": "top left"}
        assert (found.outcome, found.rule) == ("ok", "category+size+position")


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("a ship", {"category": "ship", "size": None, "position": None}, "category"),
        ("a small ship or a large ship", {"category": "ship", "size": None, "position": None}, "category"),
        ("very small, at the top", {"category": None, "size": "very small", "position": "top center"}, "size+position"),
    ],
)
def test_each_field_is_read_on_its_own(text: str, value: dict[str, str | None], rule: str) -> None:
    found = parse(text, kind="fields")
    assert (found.value, found.outcome, found.rule) == (value, "ok", rule)


def test_contradictions_and_nothing() -> None:
    assert parse("a small car or a large ship", kind="fields").outcome == "ambiguous"
    assert parse("something bright", kind="fields").outcome == "unparsable"
