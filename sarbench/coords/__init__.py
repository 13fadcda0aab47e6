"""Coordinate conventions of boxes, and their exact conversion to native pixels.

Inside sarbench a box is xyxy in pixels of the native image with exclusive right and bottom edges. Models speak other
conventions; a run declares one of them, and nothing here guesses which. The name of a convention is
`<base>[_padded][_yx][_xywh]`, in this order:

- `pixel`: pixels of the native image;
- `norm1`, `norm100`, `norm999`, `norm1000`: the right and bottom edge of the image stand at 1, 100, 999 or 1000;
- `pixel_resized(factor,min_pixels,max_pixels)`: pixels of the image after the resize of Qwen2.5-VL (see `resized`);
- `_padded`, after a `norm…` only: relative to the square of the longer side in which LLaVA-1.5 centres the image;
- `_yx`: y before x, and height before width;
- `_xywh`: the near corner, then width and height, in place of the far corner.
"""

from sarbench.coords.convention import CONVENTIONS, Convention, Resize, parse_convention
from sarbench.coords.conversion import Boxes, from_pixels, to_pixels
from sarbench.coords.faults import BoxFaults, clip, faults
from sarbench.coords.frames import Size, resized
from sarbench.coords.wording import box_template, describe, edge_names, format_box

__all__ = [
    "CONVENTIONS",
    "BoxFaults",
    "Boxes",
    "Convention",
    "Resize",
    "Size",
    "box_template",
    "clip",
    "describe",
    "edge_names",
    "faults",
    "format_box",
    "from_pixels",
    "parse_convention",
    "resized",
    "to_pixels",
]
