"""What each zero-shot prompt says of the answer's form, in four wordings of the same information.

In a form, `{box}` stands for the order and the meaning of the four numbers of a box.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sarbench.questions.family import Family

Form = (
    Family
    | Literal[
        "boxed region",
        "listed region",
        "listed class",
        "listed position",
        "detailed caption",
        "eight-field caption",
    ]
)
"""A kind of question, or a variant of one: a category asked for in a given box; a class or a position out of the closed
lists of SARLANG-1M's SARVQA1; a caption of more than one sentence; a caption that goes through FUSAR-GEOVL's fields."""


@dataclass(frozen=True)
class Wording:
    """One way to ask.

    Attributes:
        layout: Where `{question}` and `{form}` go.
        caption: The question of a caption for which the authors give none.
        forms: What is said of the answer.
    """

    layout: str
    caption: str
    forms: Mapping[Form, str]


_CLASSES = "aircraft, bridge, car, harbor, ship or tank"
_LISTED = "tank, car, aircraft, harbor, bridge or ship"
_SHARES = (
    "very small: under 3 %, small: under 10 %, medium: under 25 %, large: under 40 %, very large"  # of the image area
)

DEFAULT = Wording(
    layout="{question}\n{form}",
    caption="Describe this SAR image.",
    forms={
        "classification": "Answer with the class name alone; if several classes are visible, separate them by commas.",
        "description": "Answer with one sentence for every object that covers at least 1 % of the image and is not "
        f"longer than ten times its width. Each sentence names the class ({_CLASSES}) and the position in the image "
        "(top, middle or bottom, then left, center or right).",
        "counting": "Answer with a single number.",
        "grounding": f"Answer with one line for every object: its class ({_CLASSES}), then its bounding box as "
        "{box}.",
        "identification": "A bounding box is given as {box}. Answer in one sentence that names the class "
        f"({_CLASSES}), the size by its share of the image ({_SHARES}) and the position in the image (top, middle or "
        "bottom, then left, center or right).",
        "referring": "Answer with one bounding box for every object, as {box}.",
        "presence": "Answer with yes or no.",
        "position": "Answer with the position alone: top, bottom, left, right or center, or a corner such as top left.",
        "region": "Answer with the class name alone.",
        "boxed region": "A bounding box is given as {box}. Answer with the class name alone.",
        "listed region": f"A bounding box is given as {{box}}. Answer with one class name alone: {_LISTED}.",
        "vqa": "Answer with a single word or a short phrase.",
        "caption": "Answer with one sentence.",
        "field": "Answer with one short phrase.",
        "listed class": f"Answer with one class name alone: {_LISTED}.",
        "listed position": "Answer with one position alone: top, center, bottom, left or right.",
        "detailed caption": "Answer with a short paragraph that names what is there and where.",
        "eight-field caption": "Answer with eight sentences, one each on terrain, functionality, distribution, layout, "
        "boundaries, buildings, roads and water.",
    },
)

SECOND = Wording(
    layout="{question}\n{form}",
    caption="Write a description of this SAR image.",
    forms={
        "classification": "Reply with nothing but the name of the class; put commas between the names if you see "
        "several classes.",
        "description": "Reply with a sentence on each object that fills 1 % of the image or more and whose length is "
        f"at most ten times its width. State in each sentence the class ({_CLASSES}) and where in the image it is "
        "(top, middle or bottom, then left, center or right).",
        "counting": "Reply with one number and nothing else.",
        "grounding": f"Reply with a line on each object: the class ({_CLASSES}) first, then the bounding box as "
        "{box}.",
        "identification": "The bounding box in the question is written as {box}. Reply in one sentence that states the "
        f"class ({_CLASSES}), the size by the share of the image ({_SHARES}) and where in the image it is (top, middle "
        "or bottom, then left, center or right).",
        "referring": "Reply with the bounding box of each object, as {box}.",
        "presence": "Reply with one word, yes or no.",
        "position": "Reply with nothing but the position: top, bottom, left, right or center, or a corner such as top "
        "left.",
        "region": "Reply with nothing but the name of the class.",
        "boxed region": "The bounding box in the question is written as {box}. Reply with nothing but the name of the "
        "class.",
        "listed region": "The bounding box in the question is written as {box}. Reply with nothing but one class name "
        f"out of these: {_LISTED}.",
        "vqa": "Reply with one word or a few.",
        "caption": "Reply with a single sentence.",
        "field": "Reply with a short phrase.",
        "listed class": f"Reply with nothing but one class name out of these: {_LISTED}.",
        "listed position": "Reply with nothing but one position out of these: top, center, bottom, left or right.",
        "detailed caption": "Reply with a short paragraph on what can be seen and where it is.",
        "eight-field caption": "Reply with eight sentences: on terrain, functionality, distribution, layout, "
        "boundaries, buildings, roads and water, in this order.",
    },
)

THIRD = Wording(
    layout="{form}\nQuestion: {question}",
    caption="What does this SAR image show?",
    forms={
        "classification": "Look at the image and give only the class that is asked for, or all of them with commas "
        "between where there are several.",
        "description": "Look at the image and describe, in a sentence of its own, every object that takes up at least "
        f"1 % of it and is no longer than ten times its width: its class ({_CLASSES}) and its place in the image (top, "
        "middle or bottom, then left, center or right).",
        "counting": "Look at the image and give the number that is asked for, as digits alone.",
        "grounding": f"Look at the image and list its objects, each on a line: class ({_CLASSES}), then bounding box "
        "as {box}.",
        "identification": "Look at the image inside the given bounding box, which is {box}. In one sentence, give "
        f"class ({_CLASSES}), size by share of the image ({_SHARES}) and place in the image (top, middle or bottom, "
        "then left, center or right).",
        "referring": "Look at the image and give a bounding box for each object that is asked for, as {box}.",
        "presence": "Look at the image and say only yes or no.",
        "position": "Look at the image and give only a position: top, bottom, left, right, center, or a corner such as "
        "top left.",
        "region": "Look at the image and give only the class.",
        "boxed region": "Look at the image inside the given bounding box, which is {box}. Give only the class.",
        "listed region": "Look at the image inside the given bounding box, which is {box}. Give only one of these "
        f"classes: {_LISTED}.",
        "vqa": "Look at the image and give a short answer, a word or a phrase.",
        "caption": "Look at the image and describe it in one sentence.",
        "field": "Look at the image and give a short phrase.",
        "listed class": f"Look at the image and give only one of these classes: {_LISTED}.",
        "listed position": "Look at the image and give only one of these positions: top, center, bottom, left or "
        "right.",
        "detailed caption": "Look at the image and describe in a short paragraph what is in it and where.",
        "eight-field caption": "Look at the image and write a sentence on each of these eight: terrain, functionality, "
        "distribution, layout, boundaries, buildings, roads, water.",
    },
)

FOURTH = Wording(
    layout="This is a synthetic aperture radar image. {question}\n{form}",
    caption="Give a description of it.",
    forms={
        "classification": "Only the class name is wanted; name all classes, with commas, where there are several.",
        "description": "Wanted is one sentence per object of at least 1 % of the image's area and at most ten times as "
        f"long as wide, with its class ({_CLASSES}) and its position (top, middle or bottom, then left, center or "
        "right).",
        "counting": "Only a number is wanted.",
        "grounding": f"Wanted is one line per object: class ({_CLASSES}) and bounding box, the box as {{box}}.",
        "identification": "The given bounding box is {box}. Wanted is one sentence with the class "
        f"({_CLASSES}), the size, which is the share of the image ({_SHARES}), and the position (top, middle or "
        "bottom, then left, center or right).",
        "referring": "Wanted is one bounding box per object, as {box}.",
        "presence": "Only yes or no is wanted.",
        "position": "Only the position is wanted: top, bottom, left, right or center, or a corner such as top left.",
        "region": "Only the class name is wanted.",
        "boxed region": "The given bounding box is {box}. Only the class name is wanted.",
        "listed region": f"The given bounding box is {{box}}. Only one of these class names is wanted: {_LISTED}.",
        "vqa": "Only a word or a short phrase is wanted.",
        "caption": "One sentence is wanted.",
        "field": "One short phrase is wanted.",
        "listed class": f"Only one of these class names is wanted: {_LISTED}.",
        "listed position": "Only one of these positions is wanted: top, center, bottom, left or right.",
        "detailed caption": "A short paragraph is wanted: what is there, and where.",
        "eight-field caption": "Eight sentences are wanted, one on each of terrain, functionality, distribution, "
        "layout, boundaries, buildings, roads and water.",
    },
)
