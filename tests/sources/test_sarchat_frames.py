"""Boxes made in a known frame, and what is concluded from them."""

import random

import pytest

from sarbench.schema import Box
from sarbench.sources import Report, sarchat
from sarbench.sources.sarchat.frames import FRAMES, SeenBox, edges, frame_evidence, to_native
from sarbench.sources.sarchat.rules import position
from sarbench.sources.sarchat.texts import Reading
from tests.sources.chat import TRAIN, record
from tests.sources.layouts import Folder, picture

SIZES = ((256, 256), (512, 512), (800, 600))


def seen(
    frame: str, sizes: tuple[tuple[int, int], ...] = SIZES, *, worded: bool = True, boxes: int = 300
) -> list[SeenBox]:
    """Boxes spread over images, as a text in this frame gives them; position words stand for their thirds."""
    draw = random.Random(1)
    found = []
    for number in range(boxes):
        size = sizes[number % len(sizes)]
        left, top = draw.randrange(size[0] - 30), draw.randrange(size[1] - 30)
        native = (left, top, left + draw.randrange(5, 30), top + draw.randrange(5, 30))
        width, height = edges(frame, size)
        across, down = width / size[0], height / size[1]
        digits = 4 if frame == "norm1" else 0
        said = tuple(round(edge * scale, digits) for edge, scale in zip(native, (across, down) * 2, strict=True))
        found.append(SeenBox(said, size, position(native, size) if worded else None))
    return found


@pytest.mark.parametrize("worded", [True, False])
@pytest.mark.parametrize("frame", FRAMES)
def test_the_frame_of_the_boxes_is_found(frame: str, worded: bool) -> None:
    verdict = frame_evidence(seen(frame, worded=worded))
    twins = {"norm999": "norm1000", "norm1000": "norm999"}
    assert verdict.decided
    assert verdict.best in (frame, twins.get(frame))
    assert verdict.shares[frame] > 0.9
    assert not verdict.contradicts(frame)
    others = set(FRAMES) - {frame, twins.get(frame)}
    assert all(verdict.contradicts(other) for other in others)
    assert verdict.boxes == 300


def test_images_of_512_pixels_cannot_decide_between_native_and_512() -> None:
    verdict = frame_evidence(seen("native", ((512, 512),)))
    assert verdict.best == "native"
    assert not verdict.decided
    assert not verdict.contradicts("512")
    assert verdict.shares["native"] == verdict.shares["512"] == 1
    assert verdict.shares["norm1000"] < 0.3


def test_few_images_of_another_size_decide() -> None:
    sizes = ((512, 512),) * 19 + ((256, 256),)
    assert frame_evidence(seen("native", sizes, boxes=400)).contradicts("512")
    assert frame_evidence(seen("512", sizes, boxes=400)).contradicts("native")


def test_too_few_boxes_decide_nothing() -> None:
    for boxes in ([], seen("512", boxes=5)):
        verdict = frame_evidence(boxes)
        assert not verdict.decided
        assert not any(map(verdict.contradicts, FRAMES))


def test_edges_beyond_are_counted() -> None:
    boxes = [SeenBox((0, 0, edge, 1), (300, 300)) for edge in (0.5, 50, 200, 400, 600)]
    assert frame_evidence(boxes).over == {"image": 2, "512": 1, "100": 3, "1": 4}


def test_summary_names_every_frame() -> None:
    boxes = [SeenBox((0, 0, 90, 90), (80, 80)), SeenBox((0, 0, 900, 900), (1000, 1000))]
    assert frame_evidence(boxes).summary() == (
        "of 2 boxes agree: native 50 %, 512 50 %, norm1 0 %, norm100 50 %, norm999 100 %, norm1000 100 %"
    )


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ("native", (100, 60, 200, 300)),
        ("512", (64, 51.2, 128, 256)),
        ("norm1", (0.125, 0.1, 0.25, 0.5)),
        ("norm100", (12.5, 10, 25, 50)),
        ("norm999", (124.875, 99.9, 249.75, 499.5)),
        ("norm1000", (125, 100, 250, 500)),
    ],
)
def test_boxes_become_native_pixels(frame: str, said: tuple[float, float, float, float]) -> None:
    reading = Reading(boxes=(Box("ship", said, "top left"),), region=said, count=1, flags=("x",))
    native = to_native(reading, frame, (800, 600))
    assert native.boxes[0].xyxy == pytest.approx((100, 60, 200, 300))
    assert (native.boxes[0].label, native.boxes[0].position) == ("ship", "top left")
    assert native.region == pytest.approx((100, 60, 200, 300))
    assert (native.count, native.flags) == (1, ("x",))


def test_box_that_no_image_can_hold_is_dropped() -> None:
    reading = Reading(boxes=(Box("ship", (0, 0, 999_999, 999_999)),))
    native = to_native(reading, "norm1", (5000, 5000))
    assert native.boxes == ()
    assert native.flags == ("box_dropped",)


def chat(folder: Folder, frame: str) -> Folder:
    records = []
    for number, box in enumerate(seen(frame, ((64, 48), (300, 200)), boxes=60)):
        name = f"{number:07d}.png"
        folder.put(f"JPEGImages/train/{name}", picture(number, box.size))
        corners = "".join(f"<{edge:g}>" for edge in box.xyxy)
        records.append(record("[refer] Locate 1 ship.", f"{{{corners}}} ({box.position})", name))
        records.append(record(f"[identify] What is at {{{corners}}}?", f"The {box.position} area shows a ship.", name))
    folder.put(TRAIN, records)
    return folder


@pytest.mark.parametrize("config", ["referring", "identification"])
def test_split_says_once_that_its_boxes_fit_another_frame(folder: Folder, config: str) -> None:
    rows, report = chat(folder, "512").rows(sarchat, config, "train")
    assert len(rows) == 60
    problem = next(p for p in report.problems if "fit" in p.problem)
    assert problem.problem == "boxes fit a 512 frame better than native pixels"
    assert problem.action == "read as native pixels; the option box_frame changes it"
    assert problem.file == TRAIN
    assert problem.record.startswith("of 60 boxes agree: native ")
    assert report.counts[problem.problem] == 1


@pytest.mark.parametrize("frame", ["512", "norm1", "norm1000"])
def test_option_converts_the_boxes_and_leaves_the_text(folder: Folder, frame: str) -> None:
    native, _ = chat(Folder(folder.root / "native"), "native").rows(sarchat, "referring", "train")
    chat(Folder(folder.root / "scaled"), frame)
    report = Report()
    options = {"box_frame": frame}
    rows = list(sarchat.rows(folder.root / "scaled", "referring", "train", report=report, options=options))
    assert report.counts == {}
    for row, twin in zip(rows, native, strict=True):
        assert row.boxes[0].xyxy == pytest.approx(twin.boxes[0].xyxy, abs=1)
        assert row.record.count(row.answers[0]) == 1
        assert row.source is not None
        assert row.source.box_frame == {"512": "512-pixel frame"}.get(frame, frame)
    assert rows[3].answers != native[3].answers


def test_inspect_gives_the_verdict_and_finds_keys_given_twice(folder: Folder) -> None:
    chat(folder, "native")
    path = folder.root / TRAIN
    path.write_text(path.read_text().replace('"images": ["0000007.png"]', '"images": ["x"], "images": ["0000007.png"]'))
    report = Report()
    remark = sarchat.inspect(folder.root, "referring", "train", report=report)
    assert remark.startswith("boxes read as ")
    assert "of 60 boxes agree: native 100 %" in remark
    assert report.counts == {"record has a key twice": 2}
    assert report.problems[0].record == "record 14"


def test_inspect_has_nothing_to_look_at_in_rebuilt_configs(folder: Folder) -> None:
    assert sarchat.inspect(folder.root, "rebuilt-referring", "train", report=Report()) == ""
