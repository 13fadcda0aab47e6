"""Which files of the authors' Hub repository some configs need.

How the repository is laid out is known in part only (README and issues 6 and 7 of
https://github.com/Jimmyxichen/SARLANG-1M): `Text.zip` and `RGBimages.zip` lie at its root, and images are called
`SARimages_preprocessed/SARimages/*.png` and `SARimages_original/*.tif`, whether loose or in archives is not. So every
layout that these names allow is understood.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from posixpath import splitext

from sarbench.errors import InputError
from sarbench.sources.reading.files import TEXT_SUFFIXES, plain
from sarbench.sources.sarlang.files import CONTENTS, Imagery, TextName, imagery_of, stated_imagery, text_name

REPO_ID = "YiminJimmy/SARLANG-1M"


def needed_files(paths: Sequence[str], configs: Sequence[str], imagery: Imagery) -> list[str]:
    """Return the paths that hold the texts of the configs, and the images of all but `vqa1`, which are SARDet-100K's.

    Args:
        paths: All files of the repository.
        configs: The configs wanted.
        imagery: Which form of the images.

    Raises:
        InputError: The texts or the images are nowhere; the message lists what the repository holds.

    >>> there = ["README.md", "Text.zip", "RGBimages.zip", "SARimages_preprocessed.zip", "SARimages_original.zip"]
    >>> needed_files(there, ["vqa1", "vqa2"], "preprocessed")
    ['SARimages_preprocessed.zip', 'Text.zip']
    """
    chosen = set(_texts(paths, configs))
    if any(config != "vqa1" for config in configs):
        images = _images(paths, imagery)
        if not images:
            raise _nowhere(paths, f"{imagery} SAR images (SARimages_{imagery}, loose or as .zip)")
        chosen.update(images)
    return sorted(chosen)


def _texts(paths: Sequence[str], configs: Sequence[str]) -> list[str]:
    """Return loose text files where they cover the configs, else archives of texts."""
    wanted = {content for content in CONTENTS if content[0] in configs}
    loose = {path: name.content for path in paths if (name := _text_name(path)) and name.content in wanted}
    if set(loose.values()) == wanted:
        return list(loose)
    archives = [path for path in paths if _is_zip(path) and plain(_stem(path)).startswith(("text", "caption", "vqa"))]
    if not archives and {config for config, _ in loose.values()} != set(configs):
        raise _nowhere(paths, "texts (Text.zip, or Text/ with Caption and VQA)")
    return [*loose, *archives]


def _images(paths: Sequence[str], imagery: Imagery) -> list[str]:
    """Return loose images or else archives: those whose folder or name states the imagery, before those that do not."""
    loose = [path for path in paths if imagery_of(path) == imagery]
    zips = [path for path in paths if _is_zip(path)]
    stated = {path: stated_imagery([*path.split("/")[:-1], _stem(path)]) for path in (*loose, *zips)}
    silent = [path for path in zips if stated[path] is None and plain(_stem(path)).startswith("sarimage")]
    choices = (
        [path for path in loose if stated[path] == imagery],
        [path for path in zips if stated[path] == imagery],
        [path for path in loose if stated[path] is None],
        silent,
    )
    return next((chosen for chosen in choices if chosen), [])


def _text_name(path: str) -> TextName | None:
    return text_name(_stem(path)) if splitext(path)[1].lower() in TEXT_SUFFIXES else None


def _nowhere(paths: Iterable[str], looked_for: str) -> InputError:
    held = Counter(path.split("/")[0] + ("/" if "/" in path else "") for path in paths)
    names = [f"{name} ({count:,} files)" if name.endswith("/") else name for name, count in sorted(held.items())]
    listed = ", ".join(names[:20]) + (f" and {len(names) - 20:,} more" if len(names) > 20 else "")
    problem = f"no {looked_for} in this revision: it holds {listed or 'nothing'}"
    fix = "Download what you need by hand and give the folder as data_dir, or name another revision"
    return InputError(where=REPO_ID, problem=problem, fix=fix)


def _is_zip(path: str) -> bool:
    return path.lower().endswith(".zip")


def _stem(path: str) -> str:
    return splitext(path.rsplit("/", 1)[-1])[0]
