"""The quality flags that rows of these datasets may carry."""

from sarbench import imaging

BOX_DROPPED = "box_dropped"
"""A box was left out: no area, not a number, wholly outside the image, or of an unknown class."""

BOX_IGNORED = "box_ignored"
"""The authors marked a box as a crowd or to be ignored; it is no target."""

BOX_OUTSIDE_IMAGE = "box_outside_image"
"""A box reaches over the edge of the image; it is kept as the authors gave it."""

BOX_UNREADABLE = "box_unreadable"
"""The text holds something that begins like a box and is none, or no box where the task needs one."""

COUNT_FROM_BOXES = "count_from_boxes"
"""The answer states no number; `count` is the number of its boxes."""

COUNT_MISMATCH = "count_mismatch"
"""The answer states another number than it has boxes."""

COUNT_UNREADABLE = "count_unreadable"
"""The question asks for a number and the answer states none, or more than one."""

DISPLAY_STRETCH = imaging.DISPLAY_STRETCH
"""`image` is a display stretch of `raw_image`: nothing is to be measured on it."""

IMAGE_ID_REPEATED = "image_id_repeated"
"""An earlier record has the same image id; the later one got a longer id."""

IMAGE_LISTED_TWICE = "image_listed_twice"
"""Several image records name the same file; their boxes were put together, equal ones once."""

IMAGE_MISSING = "image_missing"
"""The record names an image that is not there; the row is text alone."""

PLACE_DROPPED = "place_dropped"
"""The record's place was left out, since it is out of range or contradicts itself."""

SIZE_MISMATCH = "size_mismatch"
"""The file declares another size than the image has; width and height are the image's."""

TASK_MISMATCH = "task_mismatch"
"""The prefix of the question names another task than the file; the file counts."""
