"""What boxes are worth by chance: held against the same targets in the mirrored picture."""

import numpy as np
import numpy.typing as npt

from sarbench.coords import Size
from sarbench.coords.frames import checked as checked_size
from sarbench.metrics._numeric import check_overlap
from sarbench.metrics.boxes.matching import Labels, matched, same_class
from sarbench.metrics.boxes.overlap import iou as overlaps_of
from sarbench.metrics.boxes.valid import Boxes, checked

MIRRORED_PICTURES = 3
"""Left and right changed, top and bottom changed, both."""


def mirrored(boxes: npt.ArrayLike, size: Size) -> Boxes:
    """Return where boxes lie in the mirrored pictures: [3, N, 4], in the order of `MIRRORED_PICTURES`.

    Args:
        boxes: [N, 4] xyxy in pixels, exclusive right and bottom edges.
        size: Width and height of the image in pixels.

    Raises:
        InputError: A bad box or size.

    >>> mirrored([[0, 0, 10, 20]], (100, 50)).tolist()
    [[[90.0, 0.0, 100.0, 20.0]], [[0.0, 30.0, 10.0, 50.0]], [[90.0, 30.0, 100.0, 50.0]]]
    """
    ((width, height),) = checked_size(size).tolist()
    x1, y1, x2, y2 = checked(boxes, "boxes").T
    across, down = (width - x2, width - x1), (height - y2, height - y1)
    pictures = ((across[0], y1, across[1], y2), (x1, down[0], x2, down[1]), (across[0], down[0], across[1], down[1]))
    return np.stack([np.stack(corners, axis=-1) for corners in pictures])


def mirrored_hits(
    predicted: npt.ArrayLike,
    true: npt.ArrayLike,
    size: Size,
    *,
    iou: float = 0.5,
    predicted_labels: Labels | None = None,
    true_labels: Labels | None = None,
) -> int:
    """Return how many boxes match one to one in the three mirrored pictures together: 0..3·min(N, M).

    sarbench's own rule. Targets keep their number, size and class there and change their place, so that boxes which do
    not follow the picture hit as often as in the true one, however many they are: a third of this is what chance gives.
    A target that is its own mirror image (in the middle, or as large as the picture) is hit in both: that somebody
    found it says nothing of having looked. Boxes that know on which side of the picture targets usually lie are not
    found out by this, but by a run of the same model with blank images.

    Args, errors: as `match`, and the size of the image in whole pixels.

    >>> mirrored_hits([[0, 0, 10, 10]], [[0, 0, 10, 10]], (100, 100))
    0
    >>> mirrored_hits([[0, 0, 10, 10], [90, 0, 100, 10]], [[0, 0, 10, 10]], (100, 100))
    1
    """
    check_overlap(iou)
    pictures = mirrored(true, size)
    overlaps = np.split(overlaps_of(predicted, pictures.reshape(-1, 4)), MIRRORED_PICTURES, axis=1)
    same = same_class(overlaps[0].shape, predicted_labels, true_labels)
    return sum(matched(picture, picture >= iou, same).tp for picture in overlaps)
