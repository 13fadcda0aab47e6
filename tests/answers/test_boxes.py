"""Boxes: every spelling, every convention, labels, and boxes that are none."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sarbench.answers import Parsed, parse
from sarbench.answers._spellings import MAX_BOXES
from sarbench.coords import CONVENTIONS, format_box

SIZE = (512, 512)


def _boxes(text: str, **options: object) -> Parsed:
    return parse(text, kind="boxes", **({"size": SIZE} | options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[1,2,30,40]", "list"),
        ("(1, 2, 30, 40)", "list"),
        ("[ 1 , 2 ,\n 30 ; 40 ]", "list"),
        ("[1 2 30 40]", "list"),
        ("[1.0, 2.00, 3e1, 40.]", "list"),
        ("The ship is at [1, 2, 30, 40].", "list"),
        ("[[1, 2, 30, 40]]", "list"),
        ("<box>[[1, 2, 30, 40]]</box>", "list"),
        ("<|det|>[[1, 2, 30, 40]]<|/det|>", "list"),
        ('{"bbox_2d": [1, 2, 30, 40]}', "list"),
        ('```json\n[\n  {"bbox": [1, 2, 30, 40]}\n]\n```', "list"),
        ('{"image": {"objects": [{"bbox_2d": [1, 2, 30, 40], "label": "ship"}', "list"),
        ("(1,2),(30,40)", "corners"),
        ("(1, 2) (30, 40)", "corners"),
        ("from (1, 2) to (30, 40)", "corners"),
        ("[[1, 2], [30, 40]]", "corners"),
        ("<|box_start|>(1,2),(30,40)<|box_end|><|im_end|>", "corners"),
        ("<ref>a thing</ref><box>(1,2),(30,40)</box>", "corners"),
        ("{<1><2><30><40>}", "angled"),
        ("{ <1> <2>\n<30>, <40> }", "angled"),
        ("{<1><2><30><40>|<0>}", "angled"),
        ("<1><2><30><40>", "angled"),
        ("[[001,002,030,040]]", "list"),
        ("The ship [[001,002,030,040]]", "list"),
        ('{"box": [[[1, 2, 30, 40]]]}', "list"),
        ("```\n{'box': (1, 2, 30, 40)}\n```", "list"),
        ('[{"bbox_2d": [1, 2, 30, 40], "label": "ship"}, {"bbox_2d": [5, 6, 7', "list"),
        ('[{"bbox_2d": [1, 2, 30, 40], "label": "sh', "list"),
        ("<box>1 2 30 40</box>", "tagged"),
        ("<ref>ship</ref><bbox>1, 2, 30, 40</bbox>", "tagged"),
        ('{"x1": 1, "y1": 2, "x2": 30, "y2": 40}', "keyed"),
        ('{"y1": 2, "x1": 1, "y2": 40, "x2": 30}', "keyed"),
        ("{'xmin': 1.0, 'ymin': 2.0, 'xmax': 30.0, 'ymax': 40.0}", "keyed"),
        ('{"label": "ship", "bbox": {"xmin": 1,\n "xmax": 30,\n "ymin": 2, "ymax": 40}}', "keyed"),
        ("x_min=1, y_min=2, x_max=30, y_max=40", "keyed"),
        ("X1: 1; Y1: 2; X2: 30; Y2: 40", "keyed"),
        ('{"x": 1, "y": 2, "width": 29, "height": 38}', "sized"),
        ("x=1 y=2 w=29 h=38", "sized"),
        ('{"bbox_2d": ["1", "2", "30", "40"]}', "list"),
        ('{"x1": "1", "y1": "2", "x2": "30", "y2": "40"}', "keyed"),
        ('{"left": 1, "top": 2, "right": 30, "bottom": 40}', "keyed"),
        ("- **x1**: 1\n- **y1**: 2\n- **x2**: 30\n- **y2**: 40", "keyed"),
        ('{"left": 1, "top": 2, "width": 29, "height": 38}', "sized"),
        ('{"top_left": [1, 2], "bottom_right": [30, 40]}', "corners"),
        ("[[1, 2], [30, 2], [30, 40], [1, 40]]", "polygon"),
        ("((2, 2), (1, 40), (30, 3))", "polygon"),
        ("<bbox_2d>1, 2, 30, 40</bbox_2d>", "tagged"),
        ("<BOX>1 2 30 40</BOX>", "tagged"),
        ("The ship: <|begin_of_box|>[[1, 2, 30, 40]]<|end_of_box|>, IoU 0.9", "list"),
        ("$\\boxed{[1, 2, 30, 40]}$ beats [5, 6, 7, 8]", "list"),
        ("（１、２、３０、４０）。", "list"),
        ("【1，2，30，40】", "list"),
        ("The bounding box is 1, 2, 30, 40.", "bare"),
        ("bbox: 1, 2, 30, 40", "bare"),
        ("The ship lies at 1 2 30 40", "bare"),
        ("1, 2, 30, 40", "bare"),
        ("１，２，３０，４０", "bare"),
        ("[１，２，３０，４０]", "list"),
    ],
)
def test_spellings(text: str, rule: str) -> None:
    found = _boxes(text)
    assert found.value.tolist() == [[1, 2, 30, 40]]
    assert found.value.dtype == np.float64
    assert (found.outcome, found.rule, found.dropped) == ("ok", rule, 0)


@pytest.mark.parametrize("between", ["", " ", "\n", ", ", " and ", " (top left) "])
@pytest.mark.parametrize("form", ["{{<{}><{}><{}><{}>}}", "[{}, {}, {}, {}]", "<box>[[{},{},{},{}]]</box>"])
def test_several_boxes_with_anything_between(form: str, between: str) -> None:
    numbers = [[1, 2, 30, 40], [5, 6, 70, 80], [9, 9, 10, 10]]
    text = between.join(form.format(*box) for box in numbers)
    assert _boxes(text).value.tolist() == numbers


@pytest.mark.parametrize(
    "text",
    [
        "[1, 2, 3]",
        "[1, 2, 3, 4, 5]",
        "(1, 2)",
        "[1, 2",
        "box 1, 2, 30, 40",
        "[a, b, c, d]",
        "{<1><2><3>}",
        "<loc0001><loc0002>",
        "<loc_1><loc_2><loc_30>",
        "<loc_1><loc_2><loc_30><loc_1000>",
        '<points x1="1" y1="2" x2="30" y2="40" alt="ship">ship</points>',
        "The image of 4 is 1, 2, 30, 40",
        "x1: 1, x1: 2, x2: 30, y2: 40",
        "x1: 1, y1: 2, xmax: 30, ymax: 40",
        "x1: 1, y1: 2, x2: 30",
        "x1: 1, y1: 2, x2: 30, y2: 40000000000",
        "<patch_index_1024><patch_index_0001>",
        '[{"bbox_2d": [5, 6, 7',
    ],
)
def test_what_is_no_box(text: str) -> None:
    found = _boxes(text)
    assert (found.value, found.outcome) == (None, "unparsable")


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "```json\n[]\n```",
        "null",
        "```json\nnull\n```",
        "{}",
        '{"bbox_2d": []}',
        '[{"objects": null}]',
        '[{"bbox_2d": [], "label": "ship"}]',
        '{"label": "ship", "bbox_2d": null}',
        "None",
        "No ships are visible.",
        "There are no cars",
        "0",
    ],
)
def test_an_answer_without_boxes(text: str) -> None:
    found = _boxes(text)
    assert (found.value.shape, found.outcome, found.rule, found.labels) == ((0, 4), "ok", "none", None)


names = [name for name in CONVENTIONS if not name.startswith("pixel_resized")] + ["pixel_resized(28,200704,1605632)"]
edges = st.integers(0, 400)


@pytest.mark.parametrize("name", names)
@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(edges, edges, st.integers(8, 112), st.integers(8, 112)), min_size=1, max_size=4))
def test_written_boxes_are_read_again(name: str, numbers: list[tuple[int, int, int, int]]) -> None:
    true = np.array([(x, y, x + w, y + h) for x, y, w, h in numbers], dtype=np.float64)
    text = " ".join(format_box(box, name, SIZE) for box in true)
    found = _boxes(text, coords=name)
    base = name.split("_")[0]
    step = 0.0005 if base == "norm1" else 0.5
    scale = {"norm1": 512.0, "norm100": 5.12, "norm999": 512 / 999, "norm1000": 0.512}.get(base, 1.02)
    # A far edge that is the sum of two rounded numbers is off by twice as much.
    sums = 2 if name.endswith("_xywh") else 1
    np.testing.assert_allclose(found.value, true, atol=sums * step * scale + 1e-9)


def test_the_convention_of_the_run_and_no_other() -> None:
    text = "[100, 200, 300, 400]"
    assert _boxes(text, coords="norm1000", size=(2000, 1000)).value.tolist() == [[200, 200, 600, 400]]
    assert _boxes(text, coords="norm1000_yx", size=(2000, 1000)).value.tolist() == [[400, 100, 800, 300]]
    assert _boxes(text, coords="pixel", size=(2000, 1000)).value.tolist() == [[100, 200, 300, 400]]
    assert _boxes("[0.1, 0.2, 0.3, 0.4]").value.tolist() == [[0.1, 0.2, 0.3, 0.4]]


def test_location_tokens_bring_their_own_convention() -> None:
    text = "<loc0256><loc0128><loc0512><loc1023> ship ; <loc0000> <loc0000> <loc0512> <loc0512> car"
    for coords in ("pixel", "norm1000"):
        found = _boxes(text, coords=coords, size=(1024, 512))
        assert found.value.tolist() == [[128, 128, 1023, 256], [0, 0, 512, 256]]
        assert (found.rule, found.labels) == ("loc", ("ship", "car"))
    mixed = _boxes(text + " [10, 20, 30, 40]", coords="norm1000", size=(1024, 512))
    assert mixed.value[2].tolist() == [10.24, 10.24, 30.72, 20.48]
    assert _boxes(text, size=None).rule == "loc_without_size"


def test_keys_tell_the_order_and_the_convention_the_rest() -> None:
    keyed = '{"ymin": 200, "xmin": 100, "ymax": 400, "xmax": 300}'
    for name in ("norm1000", "norm1000_yx", "norm1000_xywh"):
        found = _boxes(keyed, coords=name, size=(2000, 1000))
        assert (found.value.tolist(), found.rule) == ([[200, 200, 600, 400]], "keyed")
    sized = '{"x": 100, "y": 200, "width": 200, "height": 200}'
    assert _boxes(sized, coords="norm1000_yx", size=(2000, 1000)).value.tolist() == [[200, 200, 600, 400]]
    mixed = _boxes(f"{keyed} [100, 200, 300, 400]", coords="norm1000_yx", size=(2000, 1000))
    assert mixed.value.tolist() == [[200, 200, 600, 400], [400, 100, 800, 300]]


@pytest.mark.parametrize(
    ("tokens", "box"),
    [
        # Cells of 10 × 5 pixels: row 1 column 12 is cell 44, row 26 column 31 is cell 863.
        ("<patch_index_0044><patch_index_0863>", [125, 7.5, 315, 132.5]),
        ("<patch_index_0044> <patch_index_0044>", [120, 5, 130, 10]),
        ("<object><patch_index_0044><patch_index_0076></object>", [120, 5, 130, 15]),
        ("<patch_index_0000><patch_index_0003>", [0, 0, 40, 5]),
    ],
)
def test_grid_tokens_of_kosmos(tokens: str, box: list[float]) -> None:
    found = _boxes(f"<phrase>a ship</phrase>{tokens}", coords="norm1000", size=(320, 160))
    assert (found.value.tolist(), found.rule, found.labels) == ([box], "patches", ("ship",))
    assert _boxes(tokens, size=None).rule == "patches_without_size"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("The ship: [1, 2,\n30, 40], [5, 6, 7, 8]", "[1, 2, 30, 40]"),
        ("<|box_start|>(1,2),(30,40)<|box_end|>", "(1,2),(30,40)"),
        ("{<5><5><1><1>} {<1><2><30><40>}", "<5><5><1><1>"),
        ("[" + " ".join(["1." + "0" * 30] * 4) + "]", ("[" + " ".join(["1." + "0" * 30] * 4) + "]")[:200]),
        ("No ships are visible.", "No ships are visible."),
        ("It is a ship", None),
    ],
)
def test_the_words_that_decided(text: str, read: str | None) -> None:
    assert _boxes(text).read == read


@pytest.mark.parametrize("degrees", [0, 30, 45, 90, 135, -60, 180])
def test_rotated_boxes_become_their_hull(degrees: int) -> None:
    found = _boxes(f"{{<10><20><50><40>|<{degrees}>}}", coords="norm100", size=(200, 100))
    corners = np.array([[-40, -10], [40, -10], [40, 10], [-40, 10]])
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    turned = corners @ turn + [60, 30]
    np.testing.assert_allclose(found.value, [[*turned.min(axis=0), *turned.max(axis=0)]], atol=1e-9)


@pytest.mark.parametrize(
    ("text", "value", "outcome", "dropped"),
    [
        ("[30, 40, 1, 2]", [], "degenerate", 1),
        ("[5, 5, 5, 9]", [], "degenerate", 1),
        ("[0, 0, 0, 0]", [], "degenerate", 1),
        ("[5, 5, 5, 9] [1, 2, 30, 40] [9, 9, 2, 2]", [[1, 2, 30, 40]], "degenerate", 2),
        ("[5, 5, 5, 9] [1, 2, 900, 40]", [[1, 2, 900, 40]], "degenerate", 1),
        ("[1, 2, 900, 40]", [[1, 2, 900, 40]], "out_of_range", 0),
        ("[-1, 2, 30, 40]", [[-1, 2, 30, 40]], "out_of_range", 0),
        ("[600, 600, 700, 700]", [[600, 600, 700, 700]], "out_of_range", 0),
        ("[1, 2, 30, 512.6]", [[1, 2, 30, 512.6]], "out_of_range", 0),
        ("[-0.5, 2, 30, 512.5]", [[-0.5, 2, 30, 512.5]], "ok", 0),
    ],
)
def test_bad_boxes(text: str, value: list[list[float]], outcome: str, dropped: int) -> None:
    found = _boxes(text)
    assert (found.value.tolist(), found.outcome, found.dropped) == (value, outcome, dropped)
    assert found.value.shape[1] == 4


def test_without_a_size_only_negative_edges_are_out_of_range() -> None:
    assert _boxes("[1, 2, 9000, 40]", size=None).outcome == "ok"
    assert _boxes("[-1, 2, 9000, 40]", size=None).outcome == "out_of_range"


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (
            "There are 2 ships: one in the top left portion {<1><2><3><4>}, one in the center {<5><6><7><8>}"
            " There are 1 aircrafts: one in the left {<1><1><9><9>}",
            ("ship", "ship", "aircraft"),
        ),
        ('[{"bbox_2d": [1, 2, 3, 4], "label": "ship"}, {"bbox_2d": [5, 6, 7, 8], "label": "Cars"}]', ("ship", "car")),
        ('[{"label": "tank", "bbox": [1, 2, 3, 4]}, {"label": "Crane", "bbox": [5, 6, 7, 8]}]', ("tank", "crane")),
        ("{'label': 'ship', 'bbox': [[1, 2, 3, 4], [5, 6, 7, 8]]}", ("ship", "ship")),
        ('{"ship": [[1, 2, 3, 4], [5, 6, 7, 8]], "car": [[1, 1, 9, 9]]}', ("ship", "ship", "car")),
        ("<ref>ships</ref><box>[[1, 2, 3, 4]]</box> <ref>harbor</ref><box>[[5, 6, 7, 8]]</box>", ("ship", "harbor")),
        ("[1, 2, 3, 4] ship, [5, 6, 7, 8] car", ("ship", "car")),
        ("[1, 2, 3, 4] (crane), [5, 6, 7, 8] car", (None, "car")),
        ("A ship near the harbor [1, 2, 3, 4]", ("harbor",)),
        ("[1, 2, 3, 4] and [5, 6, 7, 8]", None),
        ("{<251><265><323><342>} (middle center){<185><276><256><355>} (middle center)", None),
        ("The ship is [5, 5, 1, 1], the car is [1, 2, 3, 4]", ("car",)),
    ],
)
def test_labels(text: str, labels: tuple[str | None, ...] | None) -> None:
    assert _boxes(text).labels == labels


def test_labels_are_spelled_like_the_choices() -> None:
    assert _boxes("port [1, 2, 3, 4]", choices=("Harbour", "Ship")).labels == ("Harbour",)


def test_a_model_in_a_loop_is_capped() -> None:
    found = _boxes("{<1><2><30><40>}" * (MAX_BOXES + 7))
    assert (len(found.value), found.rule, found.dropped, found.outcome) == (MAX_BOXES, "angled_capped", 7, "ok")
    assert _boxes("{<1><2><30><40>}" * MAX_BOXES).rule == "angled"


def test_bins_of_florence_stand_for_their_middle() -> None:
    text = "<s>ship<loc_0><loc_100><loc_500><loc_999>harbor<loc_1><loc_2><loc_30><loc_40></s>"
    found = _boxes(text, coords="pixel_yx", size=(2000, 1000))
    np.testing.assert_allclose(found.value, [[1, 100.5, 1001, 999.5], [3, 2.5, 61, 40.5]])
    assert (found.rule, found.labels) == ("bins", ("ship", "harbor"))
    assert _boxes(text, size=None).rule == "bins_without_size"


def test_a_polygon_keeps_the_order_of_the_convention() -> None:
    text = "[[10, 20], [100, 20], [100, 400], [10, 400]]"
    assert _boxes(text, coords="norm1000_yx_xywh", size=(1000, 1000)).value.tolist() == [[20, 10, 400, 100]]


def test_every_tagged_box_counts() -> None:
    """GLM-4.5V tags box after box; of other tagged answers the last one wins."""
    text = "ship <|begin_of_box|>[1, 2, 30, 40]<|end_of_box|>, car <|begin_of_box|>[[5, 6, 70, 80]]<|end_of_box|>"
    found = _boxes(text)
    assert (found.value.tolist(), found.labels) == ([[1, 2, 30, 40], [5, 6, 70, 80]], ("ship", "car"))
    assert _boxes("\\boxed{[1, 2, 30, 40]}, \\boxed{[5, 6, 70, 80]}").value.tolist() == found.value.tolist()
    assert parse("<|begin_of_box|>2<|end_of_box|>, no: <|begin_of_box|>3<|end_of_box|>", kind="count").value == 3
