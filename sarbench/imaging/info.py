"""What the header of an image tells."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ImageInfo:
    """What the header of an image tells.

    Attributes:
        format: "png", "jpeg", "bmp" or "tiff".
        width: Pixels a row.
        height: Rows.
        bands: Bands of `decode`'s array. A palette counts as what it paints: 1 band when all its colours are gray,
            else 3.
        dtype: NumPy name of the samples, e.g. "uint8", "uint16", "float32", "complex64". Samples of 1, 2 or 4 bits are
            read as "uint8".
        alpha: True when the last band is opacity, not radar.
    """

    format: str
    width: int
    height: int
    bands: int
    dtype: str
    alpha: bool = False


def is_displayable(info: ImageInfo) -> bool:
    """Return whether the schema keeps such bytes as they are: 8-bit with 1 or 3 bands, palettes included.

    Pillow (and so `datasets.Image`) opens every such file without loss; with 2 or 4 bands or other types it drops
    bands, clips values or refuses.
    """
    return info.dtype == "uint8" and info.bands in (1, 3)
