"""Which split an image belongs to: SAR-TEXT has no official one, so the user's lists may sort it."""

from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import splitext

from sarbench.sources.reading.files import IMAGE_SUFFIXES, plain
from sarbench.sources.sartext.paths import reduce_path

SPLITS = ("train", "validation", "test")

_Key = tuple[str | None, str]


class SeveralSplits(Exception):  # noqa: N818 - it is no failure: the record is skipped and the next one read
    """An image that lists of several splits name."""


@dataclass(frozen=True)
class Lists:
    """The user's lists.

    A line with a folder (`QXSLAB_SAROPT/7756.png`) names the image of that source, a bare name (`7756.png`, `7756`)
    those of every source. An image that no list names is trained on where there is no list of train, and belongs to no
    split where there is one.
    """

    named: Mapping[_Key, frozenset[str]]
    splits: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.splits)

    def split_of(self, path: str, source: str | None) -> str | None:
        """Return the split of an image, or None where it belongs to none.

        Args:
            path: The image's path as the text has it.
            source: The set that it was taken from.

        Raises:
            SeveralSplits: Several lists name it.
        """
        found: frozenset[str] = frozenset()
        for folder in (source, None):
            found = found or self.named.get((plain(folder) if folder else None, _stem(path)), frozenset())
        if len(found) > 1:
            raise SeveralSplits
        return next(iter(found), None if "train" in self.splits else "train")


def read_lists(texts: Mapping[str, str]) -> Lists:
    r"""Read lists: one image name a line; blank lines and lines that begin with `#` are passed over.

    Args:
        texts: Split → the lines of its lists.

    >>> lists = read_lists({"test": "# mine\nSEN12/7.png\n\n9\n"})
    >>> [lists.split_of(f"Image/{name}.png", name.partition("/")[0]) for name in ("SEN12/7", "HRSID/7", "HRSID/9")]
    ['test', 'train', 'test']
    """
    named: dict[_Key, frozenset[str]] = {}
    for split, text in texts.items():
        for line in text.splitlines():
            path = None if line.lstrip().startswith("#") else reduce_path(line)
            if path:
                key = (plain(path.folder) if path.folder else None, _stem(path.name))
                named[key] = named.get(key, frozenset()) | {split}
    return Lists(named, frozenset(texts))


def _stem(path: str) -> str:
    name = path.strip().replace("\\", "/").rsplit("/", 1)[-1].casefold()
    stem, suffix = splitext(name)
    return stem if suffix in IMAGE_SUFFIXES else name
