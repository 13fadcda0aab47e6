"""Over two hundred hard answers: synonyms, negations, hedges, lists, refusals, truths beside a wrong alternative.

An answer may be undecided, but what is right may not be found wrong, nor what is wrong right.
"""

import pytest

from sarbench.metrics.vqa import strict

RIGHT = {
    "attribute": {
        "swimming pool": "a pond",
        "Bare land.": "Bare land",
        "Dense": "dense",
        "rooftop": "Building",
    },
    "classification": {
        "Ship.": "ship",
        "aircraft": "It is a plane.",
        "bridge": "the object is a bridge.",
        "ships": "ship",
        "urban area": "Urban area",
    },
    "counting": {
        "3": (
            "There are three ships. | 2 aircraft on the left and 1 on the right, so 3 in total | 1 + 2 = 3"
            " | There are 3, not 4 | 3.0 | **3** | Answer: three."
        ),
        "3.": "3 | three",
        "4": "about 4",
        "4.": "approximately four ships",
        "0": "no ships | zero | none | There are no ships visible | nothing | no",
        "150": "one hundred fifty",
        "1200": "1,200",
        "1": "one | There is a single ship | There is only one",
        "10": "ten (10) | 10 (ten)",
        "7": "The ship count is 7.",
        "6": "The answer: 6",
        "21": "twenty-one",
        "None": "0",
        "No ships": "zero",
        "Several.": "several",
        "3-4": "3-4",
        "5": "I see 5 ships",
    },
    "position": {
        "top left": "top left | upper left | the top of the left side | topleft | in the left top corner",
        "Top left.": "In the upper-left corner.",
        "left": "left | the left side | left-hand side | far left | It is on the left, not on the right.",
        "middle": "center",
        "center": "in the middle of the image | near the centre | central | centre",
        "bottom right": "lower right",
        "bottom right.": "bottom-right",
        "right": "not left but right",
        "top": "top center",
        "lower": "Bottom",
        "bottom": "the bottom half | lower",
        "Upper part": "top",
        "upper left": "Top-Left",
    },
    "presence": {
        "Yes.": "Yes",
        "Yes": "yes, there are several ships | There is a ship near the pier.",
        "yes": (
            "Yep. | A harbor is visible at the bottom. | Certainly, there is one."
            " | Yes, but there are no cars. | I'd say yes | Indeed, a ship is visible. | Without a doubt yes"
            " | No doubt there is a ship | y | <think>no ship?</think>Yes | true | Is there a ship? Yes."
            " | yes yes yes | **Yes** | Yes. There is no bridge missing."
        ),
        "No.": "No ships are present. | NO!!",
        "no": (
            "There are no ships in the image. | I don't see any ships. | No, although there are some boats."
            " | The answer is no, not yes | there isn't a harbor | Ships cannot be seen."
            " | No evidence of any tank. | I can't see a ship | I see no ships, so the answer is no."
            " | No ship, no car, nothing. | Answer: No | N | Neither | not visible | I cannot see any"
        ),
        "No": "I do not see any bridge here | None. | Definitely not.",
        "Yes, there is a ship.": "yes",
        "There is no harbor.": "no",
    },
    "reasoning": {
        "yes": "Yes",
    },
    "region": {
        "ship": (
            "A ship | ships | It is a vessel | boat | aircraft carrier | It could be a ship"
            " | Ship (small vessel) | **Ship** | The answer is ship | warship"
        ),
        "aircraft.": "airplane",
        "harbor": "harbour | port | seaport",
        "tank": "oil tank | storage tanks | There is no ship; it is a tank.",
        "car": "It is not a ship, it is a car | vehicle | cars | automobile",
        "aircraft": "Probably an airplane | helicopter",
        "bridge": "Category: bridge | viaduct",
    },
    "vqa": {
        "Soccer field.": "Football field",
        "Rooftops": "buildings",
        "It cannot be determined.": "It cannot be determined.",
        "2": "two | 2 ships",
        "two.": "2",
        "Ship": "It's a ship.",
        "soccer field": "The Soccer Field",
        "Right.": "RIGHT",
        "one": "1",
        "To the left of the harbor.": "To the left of the harbor.",
        "None.": "none",
        "none": "0",
        "Pond.": "a swimming pool",
        "Ground track field.": "playground",
        "forest": 'FOREST. | "Forest"',
        "A forest": "the forest",
    },
}
"""Kind → truth → right answers, with a bar between two."""

WRONG = {
    "counting": {
        "3": (
            "4 | 3 or 4 | at least 3 | several | not 3 | It is not 3 but 4 | 3.5 | -3 | I cannot count them"
            " | There are more than 3. | 3 ships? No, 4. | 13 | 33 | 3 to 4"
        ),
        "4": "between 3 and 5 | fewer than 5",
        "2": "a couple",
        "12": "12 ships and 3 cars",
        "0": "Cannot be determined",
        "50": "fifteen",
        "7": "Six or seven",
        "21": "21st",
        "1": "first",
        "13": "thirty",
    },
    "position": {
        "right": "left | It is on the left, not on the right.",
        "left": "top left | left or right | not on the left | left and right | right | cannot be determined",
        "top left": "left",
        "top": "north | All over the image | bottom",
        "center": "everywhere",
        "upper right": "upper right, lower left",
        "bottom left": "south-west",
    },
    "presence": {
        "No": "There is a ship near the pier. | Cannot be determined from this image.",
        "Yes": "Definitely not.",
        "yes": (
            "Not at all. | It cannot be determined. | Yes or no | The answer is not yes."
            " | there isn't a harbor | The image lacks any ships. | The scene is free of ships | Yes - no."
            " | Is there a ship? No. | maybe | No, there are none | False"
        ),
        "no": (
            "It cannot be determined. | The scene contains ships | No doubt there is a ship"
            " | Perhaps yes, perhaps no | There are ships: yes"
        ),
        "Yes, there is a ship.": "no",
        "There is no harbor.": "yes",
    },
    "reasoning": {
        "Forest": "I don't know",
    },
    "region": {
        "car": ("cargo | car park | It looks like a ship rather than a car | carport | truck | neither ship nor car"),
        "tank": "tanker | tank truck | Not a tank but a ship",
        "ship": (
            "not a ship | It is not a ship, it is a car | ship or car | ship, car, tank | unknown"
            " | It cannot be determined. | sheep | spaceship | no object | shipyard"
        ),
        "bridge": "Either a ship or a bridge",
        "harbor": "a ship near the harbor | dock",
        "aircraft": "aircraft carrier | It isn't an aircraft | airport",
    },
    "vqa": {
        "Urban.": "I cannot tell",
        "Urban area": "n/a",
        "Harbor": "not harbor",
        "forest": "Sorry, I can't answer that. | ",
    },
}
"""Kind → truth → wrong answers."""


def pairs(of: dict[str, dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(kind, truth, said) for kind, by in of.items() for truth, all_ in by.items() for said in all_.split(" | ")]


@pytest.mark.parametrize(("kind", "truth", "said"), pairs(RIGHT))
def test_a_right_answer_is_never_wrong(kind: str, truth: str, said: str) -> None:
    assert strict.judge(said, truth, kind=kind).correct is not False


@pytest.mark.parametrize(("kind", "truth", "said"), pairs(WRONG))
def test_a_wrong_answer_is_never_right(kind: str, truth: str, said: str) -> None:
    assert strict.judge(said, truth, kind=kind).correct is not True


def test_nearly_all_of_them_are_decided() -> None:
    every = pairs(RIGHT) + pairs(WRONG)
    undecided = [pair for pair in every if strict.judge(pair[2], pair[1], kind=pair[0]).correct is None]
    assert len(every) > 200
    assert len(undecided) <= 3, undecided  # one counts two classes: see test_strict
