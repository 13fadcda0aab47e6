"""Classes that an answer denies, and those of which that cannot be told."""

import pytest

from sarbench.answers import parse
from sarbench.answers.synonyms import CLASSES


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # Lists behind a "no".
        ("There are no ships, aircraft, cars, tanks, bridges, or harbors", ""),
        ("The image contains ships but does not contain any harbors or bridges.", "ship"),
        ("No ships, bridges or cars are visible; only a harbor is.", "harbor"),
        ("Ships, but no harbor, bridge, aircraft, car, or tank.", "ship"),
        ("This is not a ship, a car or a bridge, but a tank.", "tank"),
        ("None of the ships, cars or tanks are visible; there is a bridge.", "bridge"),
        ("No ships, trucks, buildings, or cars, but a bridge", "bridge"),
        ("There are no ships and two cars", "car"),
        ("There are no ships, a bridge, and two cars", "bridge car"),
        ("0 ships, 2 bridges", "bridge"),
        ("A lack of ships, but a bridge", "bridge"),
        # Verdicts.
        ('{"ship": true, "bridge": false}', "ship"),
        ('{"aircraft": 0, "bridge": 1, "car": 0, "harbor": 1, "ship": 12, "tank": 0}', "bridge harbor ship"),
        ("ship: yes, bridge: no", "ship"),
        ("ship: no\nbridge: yes\ncar: no", "bridge"),
        ("Ship: No\nBridge: Yes\nCar: No", "bridge"),
        ("ship - present\ncar - not present\ntank - present", "ship tank"),
        ("ship=1, bridge=0", "ship"),
        ("Ship: 3, Aircraft: 0", "ship"),
        ("Ships: 2\nBridges: 1\nHarbors: 0", "ship bridge"),
        ("Ship (present), Bridge (absent)", "ship"),
        ("| ship | 0 |\n| bridge | 2 |", "bridge"),
        ("Ship ✓ Bridge ✗ Car ✗", "ship"),
        ("- [x] Ship\n- [ ] Bridge", "ship"),
        ("Is there a ship? Yes. Is there a bridge? No.", "ship"),
        # Headings.
        ("Present: ship, bridge. Absent: car, tank.", "ship bridge"),
        ('{"present": ["ship"], "absent": ["car", "tank"]}', "ship"),
        ("Visible: ship, harbor\nNot visible: aircraft, bridge, car, tank", "ship harbor"),
        ("The image contains: ship. It doesn't contain: car, tank, bridge.", "ship"),
        ("Absent classes: car, tank. Present classes: ship", "ship"),
        ("aircraft=False bridge=False car=True", "car"),
        ("<ship>yes</ship><car>no</car>", "ship"),
        # Clauses.
        ("The ship is not visible, but a bridge is.", "bridge"),
        ("Ships and bridges are visible, cars and tanks are not.", "ship bridge"),
        ("Ships and cars are absent.", ""),
        ("Harbor and ship are visible; the other classes (aircraft, bridge, car, tank) are not.", "harbor ship"),
        ("The ship is not moving.", "ship"),
    ],
)
def test_denied_classes_are_not_in_the_set(text: str, value: str) -> None:
    read = parse(text, kind="labels", choices=CLASSES)
    assert (read.value or frozenset()) == frozenset(value.split()), read
    assert read.outcome == ("ok" if value else "unparsable")


@pytest.mark.parametrize(
    "text",
    [
        "Bridge; no cars, ships on the water",
        "There are no ships in the harbor.",
        "No activity in the harbor.",
        "The image contains ships and cars are not visible.",
        "There are no ships and cars are visible.",
        "All classes except cars.",
        "No other objects besides ships.",
        "no aircraft, no bridge, no car, no harbor, ship, no tank",
        "ship: 0.95, bridge: 0.02",
        "ship (confidence: 0.97), harbor (confidence: 0.12)",
        "Bridge: unclear, ship: yes",
    ],
)
def test_where_it_cannot_be_told_the_set_is_ambiguous(text: str) -> None:
    read = parse(text, kind="labels", choices=CLASSES)
    assert (read.value, read.outcome, read.rule) == (None, "ambiguous", "unclear_negation")


def test_a_label_that_may_be_denied_is_ambiguous() -> None:
    assert parse("ship: no, car: yes", kind="label").value == "car"
    assert parse("No activity in the harbor.", kind="label").rule == "unclear_negation"
    assert parse("Anything except ships", kind="label").outcome == "ambiguous"


@pytest.mark.parametrize("text", ["No activity in the harbor, top left.", "Anything except ships, top left"])
def test_a_category_that_may_be_denied_is_no_field(text: str) -> None:
    assert parse(text, kind="fields").value == {"category": None, "size": None, "position": "top left"}
