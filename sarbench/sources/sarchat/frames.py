"""Which frame SARChat's box coordinates are in: stated by the user, and checked against what the boxes say.

The authors say that corners are integers and not in which frame (arXiv 2502.08168, section 3.1.3). Every value seen in
public is below 512, in images that may have been 512 × 512 themselves. So the frame is an option, pixels of the native
image unless stated otherwise, and the boxes testify: in the right frame they lie inside the image, reach its far edges,
and lie in the third of it that the text names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from sarbench.schema import Box, Xyxy
from sarbench.sources import _flags
from sarbench.sources._boxes import checked
from sarbench.sources.sarchat.rules import Size, position
from sarbench.sources.sarchat.texts import Reading

FRAMES: Mapping[str, str] = {
    "native": "native pixels",
    "512": "a 512 frame",
    "norm1": "norm1 coordinates",
    "norm100": "norm100 coordinates",
    "norm999": "norm999 coordinates",
    "norm1000": "norm1000 coordinates",
}
"""Name of each frame → how it is called in texts. In all but `native`, the far edges of the image have one number."""

_FAR_EDGES = {"512": 512.0, "norm1": 1.0, "norm100": 100.0, "norm999": 999.0, "norm1000": 1000.0}
_TWINS = {"norm999": "norm1000", "norm1000": "norm999"}  # no box tells them apart
_LEAST_BOXES = 10
_LEAST_LEAD = 0.2
_LEAST_REACH = 0.6  # of the frame that the outermost of twenty boxes should reach
_BOXES_THAT_REACH = 20


@dataclass(frozen=True)
class SeenBox:
    """One box as the text has it, the width and height of its image, and the position that the text names, if any."""

    xyxy: Xyxy
    size: Size
    position: str | None = None


@dataclass(frozen=True)
class FrameVerdict:
    """What the boxes say about their frame.

    Attributes:
        boxes: How many boxes were looked at.
        shares: Frame → share of the boxes that agree with it, 0 to 1.
        over: How many boxes have an edge beyond the image, beyond 512, beyond 100 and beyond 1.
        best: The frame with the largest share; of equal ones the first in the order of `FRAMES`.
        decided: Whether it leads by a fifth over every other frame, among the boxes that differ between the two. Images
            of 512 × 512 pixels cannot decide between `native` and `512`.
    """

    boxes: int
    shares: Mapping[str, float]
    over: Mapping[str, int]
    best: str
    decided: bool

    def contradicts(self, assumed: str) -> bool:
        """Tell whether the boxes clearly belong to another frame than the assumed one."""
        return self.decided and self.best not in (assumed, _TWINS.get(assumed))

    def summary(self) -> str:
        """Return the shares as one line.

        >>> frame_evidence([SeenBox((600, 600, 700, 700), (800, 800))] * 20).summary()
        'of 20 boxes agree: native 100 %, 512 0 %, norm1 0 %, norm100 0 %, norm999 100 %, norm1000 100 %'
        """
        shares = ", ".join(f"{frame} {share:.0%}".replace("%", " %") for frame, share in self.shares.items())
        return f"of {self.boxes:,} boxes agree: {shares}"


def frame_evidence(boxes: Iterable[SeenBox]) -> FrameVerdict:
    """Weigh every frame against the boxes."""
    groups: dict[Size, _Group] = {}
    over = dict.fromkeys(("image", "512", "100", "1"), 0)
    for box in boxes:
        groups.setdefault(box.size, _Group(box.size)).add(box)
        furthest = max(box.xyxy[2:])
        over["image"] += box.xyxy[2] > box.size[0] or box.xyxy[3] > box.size[1]
        for limit in ("512", "100", "1"):
            over[limit] += furthest > float(limit)
    total = sum(group.boxes for group in groups.values())
    shares = {frame: sum(group.agreeing(frame) for group in groups.values()) / max(total, 1) for frame in FRAMES}
    best = max(FRAMES, key=lambda frame: shares[frame])
    rivals = [frame for frame in FRAMES if frame not in (best, _TWINS.get(best))]
    decided = all(_leads(best, rival, list(groups.values())) for rival in rivals)
    return FrameVerdict(total, shares, over, best, decided)


def to_native(reading: Reading, frame: str, size: Size) -> Reading:
    """Bring the boxes and the region of a text into pixels of its image; boxes that vanish are dropped and flagged.

    >>> reading = Reading(region=(128.0, 0.0, 256.0, 512.0))
    >>> to_native(reading, "512", (256, 800)).region
    (64.0, 0.0, 128.0, 800.0)
    """
    if frame == "native":
        return reading
    boxes = [
        Box(box.label, scaled, box.position) for box in reading.boxes if (scaled := _scaled(box.xyxy, frame, size))
    ]
    region = _scaled(reading.region, frame, size) if reading.region else None
    lost = len(boxes) < len(reading.boxes) or (reading.region is not None and region is None)
    flags = tuple(sorted({*reading.flags, _flags.BOX_DROPPED})) if lost else reading.flags
    return msgspec.structs.replace(reading, boxes=tuple(boxes), region=region, flags=flags)


@dataclass
class _Group:
    """The boxes of all images of one size."""

    size: Size
    boxes: int = 0
    _agreeing: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FRAMES, 0))
    _reach: dict[str, float] = field(default_factory=lambda: dict.fromkeys(FRAMES, 0.0))

    def add(self, box: SeenBox) -> None:
        self.boxes += 1
        for frame in FRAMES:
            width, height = edges(frame, self.size)
            reach = max(box.xyxy[2] / width, box.xyxy[3] / height)
            self._reach[frame] = max(self._reach[frame], reach)
            if reach > 1 or min(box.xyxy[:2]) < 0:
                continue
            scale = (self.size[0] / width, self.size[1] / height)
            placed = position(_stretched(box.xyxy, scale), self.size) if box.position else None
            self._agreeing[frame] += placed == box.position

    def agreeing(self, frame: str) -> int:
        """How many boxes agree; none where twenty of them keep to one corner of the frame."""
        aloof = self.boxes >= _BOXES_THAT_REACH and self._reach[frame] < _LEAST_REACH
        return 0 if aloof else self._agreeing[frame]


def edges(frame: str, size: Size) -> tuple[float, float]:
    """Return the numbers that the right and the bottom edge of the image have in a frame."""
    far = _FAR_EDGES.get(frame)
    return (float(size[0]), float(size[1])) if far is None else (far, far)


def _leads(best: str, rival: str, groups: list[_Group]) -> bool:
    apart = [group for group in groups if edges(best, group.size) != edges(rival, group.size)]
    boxes = sum(group.boxes for group in apart)
    lead = sum(group.agreeing(best) - group.agreeing(rival) for group in apart)
    return boxes >= _LEAST_BOXES and lead >= _LEAST_LEAD * boxes


def _scaled(xyxy: Xyxy, frame: str, size: Size) -> Xyxy | None:
    width, height = edges(frame, size)
    try:
        return checked(_stretched(xyxy, (size[0] / width, size[1] / height)))
    except ValueError:
        return None


def _stretched(xyxy: Xyxy, scale: tuple[float, float]) -> Xyxy:
    left, top, right, bottom = xyxy
    return left * scale[0], top * scale[1], right * scale[0], bottom * scale[1]
