"""SAR-TEXT's image paths, which begin where the authors' disk began, and which are relative, absolute or neither.

The data lie in `SAR-TEXT-data/Image/<SOURCE>/<file>`; captions name `Image/QXSLAB_SAROPT/7756.png`, dialogues the whole
path on the authors' disk, a flattened copy `/SAR-TEXT-data/Image/<SOURCE>/<file>`.
"""

from dataclasses import dataclass

_IMAGES = frozenset({"image", "images"})


@dataclass(frozen=True, slots=True)
class ImagePath:
    """One path, reduced to what holds on every disk.

    Attributes:
        name: What stands behind `Image/`, else the last two parts; `/` between them.
        source: The folder behind `Image/`, that is the set that the image was taken from; None where the path has none.
        folder: The folder that the file lies in, whatever it means; None for a bare name.
    """

    name: str
    source: str | None
    folder: str | None


def reduce_path(path: str) -> ImagePath | None:
    r"""Reduce a path of the authors; None where it names nothing.

    >>> reduce_path("/home/author/SAR-TEXT-data/Image/SEN12/ROIs1158_spring_s1_10_p124.png").name
    'SEN12/ROIs1158_spring_s1_10_p124.png'
    >>> reduce_path(r"D:\data\RSOD\overpass_260.jpg")
    ImagePath(name='RSOD/overpass_260.jpg', source=None, folder='RSOD')
    """
    parts = [part for part in path.strip().replace("\\", "/").split("/") if part.strip() not in ("", ".", "..")]
    if not parts:
        return None
    folders = parts[:-1]
    behind = next((place + 1 for place, part in enumerate(folders) if part.casefold() in _IMAGES), None)
    if behind is None:
        return ImagePath("/".join(parts[-2:]), None, parts[-2] if folders else None)
    source = parts[behind] if behind < len(folders) else None
    return ImagePath("/".join(parts[behind:]), source, source)
