"""Counts: forms of numbers, sentences with several numbers, and what is no count."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.answers import parse

UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


@settings(deadline=None)
@given(
    st.integers(0, 999_999_999), st.sampled_from(["{}", "{}.", " {}\n", "**{}**", "There are {} ships.", "Count: {}"])
)
def test_digits(number: int, form: str) -> None:
    assert parse(form.format(number), kind="count").value == number
    assert parse(form.format(f"{number:,}"), kind="count").value == number


@settings(deadline=None)
@given(
    st.integers(2, 9), st.integers(1, 9), st.integers(1, 9), st.sampled_from(["-", " "]), st.sampled_from(["", "and "])
)
def test_number_words(tens: int, unit: int, hundreds: int, hyphen: str, link: str) -> None:
    below = f"{TENS[tens - 2]}{hyphen}{UNITS[unit]}"
    assert parse(below.capitalize(), kind="count").value == 10 * tens + unit
    words = f"{UNITS[hundreds]} hundred {link}{below}"
    assert parse(f"I see {words} ships", kind="count").value == 100 * hundreds + 10 * tens + unit


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("four", 4, "single_number"),
        ("Nineteen ships", 19, "single_number"),
        ("a hundred", 100, "single_number"),
        ("a dozen ships", 12, "single_number"),
        ("a single ship", 1, "single_number"),
        ("4 (four)", 4, "single_number"),
        ("4.0", 4, "single_number"),
        ("有4艘船", 4, "single_number"),
        ("٤", 4, "single_number"),
        ("no ships", 0, "single_number"),
        ("I don't see any cars", 0, "single_number"),
        ("None", 0, "none"),
        ("No.", 0, "none"),
        ("None of them is visible", 0, "none"),
        ("There are none.", 0, "none"),
        ("No buildings are visible.", 0, "none"),
        ("The image contains no roads", 0, "none"),
        ("2 + 3 = 5", 5, "total"),
        ("5 altogether", 5, "total"),
        ("No, there are 3 ships", 3, "there_are"),
        ("4️⃣", 4, "single_number"),
        ("I cannot find a ship", 0, "single_number"),
        ("Nothing", 0, "none"),
        ("There are no visible ships.", 0, "there_are"),
        ("There are 4 ships and 2 of them are cargo ships.", 4, "there_are"),
        ("There are 3 ships: 2 in the harbor and 1 near the bridge", 3, "there_are"),
        ("3 ships and 2 planes, a total of 5", 5, "total"),
        ("3 ships, 3 planes", 3, "single_number"),
        ("not a single ship", 0, "single_number"),
        ("There is not a single ship here", 0, "single_number"),
        ("It is 4, not 5", 4, "single_number"),
        ("Let me count: 1, 2, 3, 4. There are 4 ships.", 4, "there_are"),
        ('{"answer": 3, "reason": "2 on the left, 1 on the right"}', 3, "total"),
        ("The answer is $\\boxed{3}$ ships, 2 of which are large", 3, "single_number"),
        ("图中共有【３】艘船。", 3, "single_number"),
        ("There are exactly four ships: one in the top left, 3 below", 4, "there_are"),
        ("I can see about 12 ships, 3 of them large", 12, "there_are"),
        ("The image contains 7 tanks in 2 groups", 7, "there_are"),
        ("In this 512x512 Sentinel-1 image at 10 m there are 3 ships", 3, "there_are"),
        ("There are 2 on the left and 3 on the right, a total of 5", 5, "total"),
        ("2 on the left, 3 on the right, 5 ships in total", 5, "total"),
        ("First 2, then 3. The answer is 5.", 5, "total"),
        ("A total of 2 ships and a total of 3 cars. Answer: 5", 5, "total"),
        ("The number of ships in the image is 12, 3 are large.", 12, "total"),
        ("4 ships, each one of them small", 4, "single_number"),
        ("There is a ship.", 1, "there_is_a"),
        ("{<1><2><30><40>} {<5><6><70><80>}", 2, "boxes_counted"),
        ("[[1, 2, 30, 40], [5, 6, 70, 80]]", 2, "boxes_counted"),
        ("There are 4 instances. {<294><358><329><427>}", 4, "there_are"),
        ("4 {<294><358><329><427>}", 4, "single_number"),
        ("There are 4 instances. {<294><358><32", 4, "there_are"),
    ],
)
def test_counts(text: str, value: int, rule: str) -> None:
    found = parse(text, kind="count")
    assert (found.value, found.outcome, found.rule) == (value, "ok", rule)


@pytest.mark.parametrize(
    "text",
    [
        "3, 4",
        "3,4",
        "12 buildings and 3 roads",
        "There are 2 large ships and 3 small ships.",
        "There are 2 ships on the left and 2 ships on the right",
        "5 6",
        "There are 1, 2, 3 ships",
        "1. a\n2. b",
    ],
)
def test_several_numbers_are_ambiguous(text: str) -> None:
    found = parse(text, kind="count")
    assert (found.value, found.outcome, found.rule) == (None, "ambiguous", "several_numbers")


@pytest.mark.parametrize(
    "text",
    [
        "several ships",
        "a couple of ships",
        "dozens",
        "No, it is a road",
        "-3",
        "3.5",
        "2/3",
        "Sentinel-1",
        "SN6",
        "10 m",
        "30 %",
        "512x512",
        "1" * 10,
        "1" * 10_000,
        "3rd",
        "two hundred three hundred",
        "one hundred one hundred",
        "two million ships",
        "There are not 4 ships",
    ],
)
def test_what_is_no_count(text: str) -> None:
    assert parse(text, kind="count").outcome == "unparsable"


@pytest.mark.parametrize("text", ["No idea", "There is no image provided", "Unknown", "N/A"])
def test_no_answer_is_no_zero(text: str) -> None:
    assert parse(text, kind="count").outcome == "refused"


def test_vague_words_have_a_rule() -> None:
    assert parse("There are several.", kind="count").rule == "vague"


@pytest.mark.parametrize("text", ["twenty twenty", "twenty-twenty", "one two three", "There are two two ships"])
def test_number_words_in_a_row_are_no_number(text: str) -> None:
    found = parse(text, kind="count")
    assert (found.value, found.outcome, found.rule) == (None, "ambiguous", "run_on")


@pytest.mark.parametrize(
    ("text", "ships", "planes"),
    [
        ("There are 3 ships and 2 planes.", 3, 2),
        ("There are 2 planes and 3 small ships in the image.", 3, 2),
        ("A total of 3 vessels and 2 aircraft.", 3, 2),
        ("There are 3 ships but no planes.", 3, 0),
        ("Ships: 3, planes: 2", 3, 2),
        ('{"ship": 3, "plane": 2}', 3, 2),
        ("3 ships and 2 planes, a total of 5 objects and 1 bridge", 3, 2),
    ],
)
def test_only_the_question_tells_which_of_several_classes_counts(text: str, ships: int, planes: int) -> None:
    if "total of 5" not in text:
        found = parse(text, kind="count")
        assert (found.value, found.outcome, found.rule) == (None, "ambiguous", "several_classes")
    assert parse(text, kind="count", asked="ship").value == ships
    assert parse(text, kind="count", asked="Boats").value == ships
    assert parse(text, kind="count", asked="airplane").value == planes
    assert parse(text, kind="count", asked="car").value is None


def test_a_class_beyond_the_six_may_be_asked_for() -> None:
    text = "There are 3 ships and 12 buildings."
    assert parse(text, kind="count", asked="Building").value == 12
    assert parse(text, kind="count", asked="ship").value == 3
    assert parse("There are 2 large buildings.", kind="count", asked="ship").value == 2


@pytest.mark.parametrize(
    "text",
    [
        "There are 7 objects in total, 3 of which are ships.",
        "The total number of targets is 7, with 3 ships.",
        "There are 7 targets, including 3 ships.",
        "There are 3 ships out of 7 objects in total.",
        "Out of 7 detected objects, 3 are ships.",
        "There are 9 targets in total. 3 of them are ships.",
        "The number of ships is 3 and the number of planes is 2.",
        "3x ship, 2x bridge",
        "ships (3), bridges (2)",
        "ships (3) bridges (2)",
        "3 (ships), 1 (bridge)",
        "Ships: 3\nBridges: 1\nHarbors: 0",
        "In the harbor: 3 ships",
    ],
)
def test_the_number_of_the_class_that_is_asked_for(text: str) -> None:
    found = parse(text, kind="count", asked="ship")
    assert (found.value, found.outcome) == (3, "ok")


@pytest.mark.parametrize(
    ("text", "asked", "value"),
    [
        ("There are 7 instances of ships, including 3 large ships.", "ship", 7),
        ("There are 7 objects in total.", "ship", 7),
        ("Ships: 3\nBridges: 1\nHarbors: 0", "harbor", 0),
        ("ships (3), bridges (2)", "bridge", 2),
        ("Neither ships nor bridges are visible.", None, 0),
        ("Let me count: 1, 2, 3, 4. So 4.", None, 4),
        ("There are 2 pairs of ships.", None, 4),
        ("10x zoom shows 4 ships", None, 4),
        ("There are 12 ships in 3 groups of 4.", None, 12),
        ("There are 5 ships in the image. There are 3 on the left and 2 on the right.", None, 5),
        ("There are 5 ships in the image. I can see 1 near the center.", None, 5),
    ],
)
def test_counts_that_a_person_is_sure_of(text: str, asked: str | None, value: int) -> None:
    found = parse(text, kind="count", asked=asked)
    assert (found.value, found.outcome) == (value, "ok")


@pytest.mark.parametrize(
    "text",
    [
        "Ships: 3\nAircraft: 2\nCars: 5",
        "- Ships: 3\n- Aircraft: 2\n- Cars: 5",
        "1. Ships: 3\n2. Aircraft: 2\n3. Cars: 5",
        "* **Ships:** 3\n* **Aircraft:** 2\n* **Cars:** 5",
        "**Ships**: 3\n**Aircraft**: 2\n**Cars**: 5",
        "| Class | Count |\n|---|---|\n| Ship | 3 |\n| Aircraft | 2 |\n| Car | 5 |",
        "Ships - 3\nAircraft - 2\nCars - 5",
        "Ships: three\nAircraft: two\nCars: five",
        "Ships = 3, aircraft = 2, cars = 5",
        "- 3 ships\n- 2 aircraft\n- 5 cars",
        "Objects:\n- 3 ships\n- 2 aircraft\n- 5 cars",
        "Cars and other targets:\n- 3 ships\n- 2 aircraft\n- 5 cars",
        "Number of ships: 3\nNumber of aircraft: 2\nNumber of cars: 5",
        "The number of ships is 3, the number of aircraft is 2 and the number of cars is 5.",
        "The ship count is 3, the aircraft count is 2 and the car count is 5.",
    ],
)
def test_lines_of_classes(text: str) -> None:
    read = {asked: parse(text, kind="count", asked=asked) for asked in ("ship", "aircraft", "car")}
    assert {asked: (found.value, found.outcome) for asked, found in read.items()} == {
        "ship": (3, "ok"),
        "aircraft": (2, "ok"),
        "car": (5, "ok"),
    }


def test_a_class_that_has_no_number_behind_it_does_not_take_the_one_before() -> None:
    text = "- Ships: 3\n- Planes: none\n- Cars: 2"
    assert parse(text, kind="count", asked="plane").value is None
    assert parse(text, kind="count", asked="ship").value == 3
    assert parse("- Ships: 3\n- Cars: 2\n- Planes", kind="count", asked="plane").value is None


@pytest.mark.parametrize(
    "text",
    [
        "There are 2 ships at the top. There are 3 ships at the bottom.",
        "There are 2 ships in the top left, 3 ships in the center.",
        "There are 2 ships on the left and 3 on the right.",
        "I see 3 ships. Wait, there are 4 ships.",
        "None of the 3 ships are visible",
    ],
)
def test_counts_of_places_and_second_thoughts_are_ambiguous(text: str) -> None:
    found = parse(text, kind="count")
    assert (found.value, found.outcome, found.rule) == (None, "ambiguous", "several_numbers")


@pytest.mark.parametrize("text", ["There are 3 groups of ships.", "There are 3 rows of 4 ships."])
def test_groups_are_no_ships(text: str) -> None:
    assert parse(text, kind="count").outcome == "unparsable"


def test_the_total_of_everything_is_no_count_of_another_class() -> None:
    assert parse("7 objects in total: 3 ships, 4 planes", kind="count", asked="car").value is None
