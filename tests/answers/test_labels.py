"""Classes: whole words, synonyms, negation, repeated options."""

import pytest

import sarbench.answers
from sarbench.answers import parse
from sarbench.answers.synonyms import CLASSES, SIZES, SYNONYMS, SYNONYMS_VERSION

OPTIONS = "aircraft, bridge, car, harbor, ship, tank"


@pytest.mark.parametrize("name", CLASSES)
def test_every_phrase_of_the_table_names_its_class(name: str) -> None:
    for phrase in SYNONYMS[name]:
        for text in (phrase, f"It is a {phrase.upper()}.", f"({phrase})", f"**{phrase.title()}**", f"SAR-{phrase}!"):
            found = parse(text, kind="label")
            assert (found.value, found.outcome) == (name, "ok"), text


def test_the_table_is_versioned_and_in_lower_case() -> None:
    assert SYNONYMS_VERSION
    assert tuple(SYNONYMS) == CLASSES
    phrases = [phrase for table in (SYNONYMS, SIZES) for group in table.values() for phrase in group]
    assert all(phrase == phrase.lower().strip() for phrase in phrases)
    assert len(set(phrases)) == len(phrases)


@pytest.mark.parametrize(
    "text",
    [
        "cargo",
        "carport",
        "car park",
        "tank truck",
        "port side",
        "overpass",
        "tanker",
        "airport",
        "report",
        "spaceship",
        "shipping",
        "truck",
        "shıp",
    ],
)
def test_parts_of_words_name_nothing(text: str) -> None:
    assert parse(text, kind="label").outcome == "unparsable"


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("Ship", "ship", "exact"),
        ("ship, ships and more ships", "ship", "single_mention"),
        ("oil storage tanks", "tank", "single_mention"),
        ("an aircraft carrier", "ship", "single_mention"),
        ("This is not a ship but an aircraft.", "aircraft", "single_mention"),
        ("No harbor is visible; a bridge is.", "bridge", "single_mention"),
        ("There is no doubt a ship here", "ship", "single_mention"),
        ("It isn't a car, it's a tank", "tank", "single_mention"),
        ("Ships often lie in a harbor. The answer is: harbor", "harbor", "stated"),
        ("Category: tank, near the bridge? The final answer is tank.", "tank", "stated"),
        ("Answer: ship. Explanation: a harbor would be larger.", "ship", "stated"),
        ("The category is ship because a harbor is nearby", "ship", "stated"),
        ('{"class": "ship", "confidence": 0.9, "alternatives": ["harbor"]}', "ship", "stated"),
        ("Ship. It lies in a harbor.", "ship", "opening"),
        ("A ship (a vessel in the harbor)", "ship", "opening"),
        (f"Based on these category options ({OPTIONS}), it is a ship.", "ship", "after_echo"),
        (f"Of {OPTIONS.replace(', tank', ' or tank')} I choose the car", "car", "after_echo"),
    ],
)
def test_one_label(text: str, value: str, rule: str) -> None:
    found = parse(text, kind="label", choices=CLASSES)
    assert (found.value, found.outcome, found.rule) == (value, "ok", rule)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a ship or a car", "several_labels"),
        ("ships in a harbor", "several_labels"),
        ("The answer is ship or car", "several_labels"),
        (OPTIONS, "echo_only"),
        (f"Options: ({OPTIONS})", "echo_only"),
        ("[tank | ship | harbor | car | bridge | aircraft]", "echo_only"),
        (f"{OPTIONS}: ship and car", "several_labels"),
    ],
)
def test_several_labels_are_ambiguous(text: str, rule: str) -> None:
    found = parse(text, kind="label", choices=CLASSES)
    assert (found.value, found.outcome, found.rule) == (None, "ambiguous", rule)


@pytest.mark.parametrize(
    "text",
    [
        "ship, car",
        "Ship and car.",
        "Ships & cars",
        "- ship\n- car",
        "* ship\n* car",
        "1. ship\n2. car",
        "(a) ship (b) car",
        "• ship • car",
        '["ship", "car"]',
        "SAR_ship/SAR_car",
        "**ship**, **car**",
    ],
)
def test_lists_in_every_form(text: str) -> None:
    found = parse(text, kind="labels")
    assert (found.value, found.rule) == ({"ship", "car"}, "mentions")


@pytest.mark.parametrize(
    "text",
    [
        "1. aircraft 2. bridge 3. car 4. harbor 5. ship 6. tank",
        "(a) aircraft (b) bridge (c) car (d) harbor (e) ship (f) tank",
        "- aircraft\n- bridge\n- car\n- harbor\n- ship\n- tank",
        "aircraft, bridge, car, harbor, ship and tank",
    ],
)
def test_an_echo_in_every_form(text: str) -> None:
    assert parse(text, kind="labels").rule == "echo_only"
    assert parse(text, kind="label").rule == "echo_only"


@pytest.mark.parametrize(
    "text", ["All of the above.", "All of them", "all six classes", "Everything", "All the above are visible"]
)
def test_all_of_the_above(text: str) -> None:
    assert parse(text, kind="labels", choices=CLASSES).value == set(CLASSES)
    found = parse(text, kind="label", choices=CLASSES)
    assert (found.value, found.outcome, found.rule) == (None, "ambiguous", "all")


def test_label_sets() -> None:
    assert parse("Ships, a pier and two aircrafts", kind="labels").value == {"ship", "aircraft"}
    assert parse("ships but no cars", kind="labels").value == {"ship"}
    assert parse("not only ships but also cars", kind="labels").value == {"ship", "car"}
    assert parse(f"({OPTIONS}) ship; car", kind="labels").value == {"ship", "car"}
    assert parse(OPTIONS, kind="labels").outcome == "ambiguous"
    assert parse("nothing", kind="labels").outcome == "unparsable"


def test_answers_are_spelled_like_the_choices() -> None:
    assert parse("a seaport", kind="label", choices=["Harbour", "Ship"]).value == "Harbour"
    assert parse("an aircraft", kind="label", choices=["Harbour", "Ship"]).outcome == "unparsable"


def test_other_lists_are_matched_as_they_are_spelled() -> None:
    choices = ["water", "oil tank", "tank", "boat", "C++"]
    assert parse("Two oil tanks", kind="label", choices=choices).value == "oil tank"
    assert parse("ship", kind="label", choices=choices).outcome == "unparsable"
    assert parse("C++", kind="label", choices=choices).value == "C++"
    assert parse("tree", kind="label", choices=["", " "]).outcome == "unparsable"


def test_other_lists_take_singular_plural_and_joints() -> None:
    choices = ["Factories", "swimming pool", "Ground Track Field", "bus"]
    for text, value in {
        "a factory": "Factories",
        "swimming-pools": "swimming pool",
        "swimmingpool": "swimming pool",
        "ground_track_field": "Ground Track Field",
        "buses": "bus",
    }.items():
        assert parse(text, kind="label", choices=choices).value == value


def test_the_synonyms_of_the_paper_hold_where_only_one_is_an_option() -> None:
    assert parse("rooftops", kind="label", choices=["building", "road"]).value == "building"
    assert parse("soccer field", kind="label", choices=["football field", "road"]).value == "football field"
    both = ["pond", "swimming pool"]
    assert [parse(name, kind="label", choices=both).value for name in both] == both


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("B", "B"),
        ("(c)", "C"),
        ("a.", "A"),
        ("The answer is A because", "A"),
        ("B. A ship", "B"),
        ("A ship is here", None),
    ],
)
def test_letters_of_options_are_no_articles(text: str, value: str | None) -> None:
    assert parse(text, kind="label", choices=["A", "B", "C", "D"]).value == value


def test_the_version_is_for_everybody() -> None:
    assert sarbench.answers.SYNONYMS_VERSION == SYNONYMS_VERSION


@pytest.mark.parametrize(
    "text",
    [
        *(
            "ship, harbor",
            "Ship. Harbor.",
            "ship. or a harbor",
            "ship (harbor)",
            "Class: ship / harbor",
            "Ship; harbor",
        ),
        *("The answer is a ship or a harbor", "Ship: 0.6, harbor: 0.4", "The answer is ship: harbor"),
    ],
)
def test_a_list_of_classes_states_none(text: str) -> None:
    found = parse(text, kind="label", choices=CLASSES)
    assert (found.value, found.outcome, found.rule) == (None, "ambiguous", "several_labels")


@pytest.mark.parametrize(
    "text",
    [
        "Ship: unlikely. More likely a harbor.",
        "Ship! Wait, actually it is a harbor",
        "Ship. No, a harbor.",
        "Answer: ship. On second thought, harbor",
        "The answer is ship. I mean it is a harbor.",
    ],
)
def test_a_class_that_may_be_taken_back_is_not_read(text: str) -> None:
    found = parse(text, kind="label")
    assert (found.value, found.outcome, found.rule) == (None, "ambiguous", "several_labels")
