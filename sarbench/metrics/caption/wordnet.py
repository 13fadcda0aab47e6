"""WordNet for nltk's METEOR, from wherever this machine has it.

Looked for in this order: the folder that SARBENCH_WORDNET names, nltk's own data (`wordnet`), Debian's
/usr/share/wordnet. A folder holds WordNet's database files (`index.noun`, `data.noun`, …). Debian leaves out
`lexnames`, the list of lexicographer files that nltk reads first. Its content is fixed (WordNet 3.0, man page
lexnames(5WN)) and is supplied here.
"""

import hashlib
import io
import os
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from sarbench.metrics.caption.packages import needed
from sarbench.metrics.unavailable import UnavailableError

VARIABLE = "SARBENCH_WORDNET"
DEBIAN = Path("/usr/share/wordnet")

# In the order of their file numbers, 00 to 44.
# fmt: off
LEXICOGRAPHER_FILES = (
    "adj.all", "adj.pert", "adv.all", "noun.Tops", "noun.act", "noun.animal", "noun.artifact", "noun.attribute",
    "noun.body", "noun.cognition", "noun.communication", "noun.event", "noun.feeling", "noun.food", "noun.group",
    "noun.location", "noun.motive", "noun.object", "noun.person", "noun.phenomenon", "noun.plant", "noun.possession",
    "noun.process", "noun.quantity", "noun.relation", "noun.shape", "noun.state", "noun.substance", "noun.time",
    "verb.body", "verb.change", "verb.cognition", "verb.communication", "verb.competition", "verb.consumption",
    "verb.contact", "verb.creation", "verb.emotion", "verb.motion", "verb.perception", "verb.possession",
    "verb.social", "verb.stative", "verb.weather", "adj.ppl",
)
# fmt: on
_CATEGORY = {"noun": 1, "verb": 2, "adj": 3, "adv": 4}
_READ_FOR_METEOR = [f"{kind}.{part}" for kind in ("index", "data") for part in _CATEGORY]
_READ_FOR_METEOR += [f"{part}.exc" for part in _CATEGORY]


class WordNet(NamedTuple):
    """A WordNet that nltk can read."""

    reader: Any
    """nltk's `WordNetCorpusReader`."""
    name: str
    """Version and the first 8 hex digits of the SHA-256 of its files, e.g. `3.0-1f2e3d4c`, for signatures."""


def wordnet() -> WordNet:
    """Open the WordNet of this machine; a second call gives the same object.

    Raises:
        UnavailableError: There is none, or the named folder is not one.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return _from_folder(str(Path(named).expanduser().absolute()))
    return _from_nltk_data() or _from_folder(str(DEBIAN))


def lexnames() -> str:
    r"""Return what WordNet's `lexnames` file holds: number, name and syntactic category of each lexicographer file.

    >>> lexnames().splitlines()[3]
    '03\tnoun.Tops\t1'
    """
    lines = [f"{i:02d}\t{name}\t{_CATEGORY[name.split('.')[0]]}\n" for i, name in enumerate(LEXICOGRAPHER_FILES)]
    return "".join(lines)


@lru_cache(maxsize=1)
def _from_nltk_data() -> WordNet | None:
    loader = needed("nltk.corpus", package="nltk").wordnet
    try:
        with warnings.catch_warnings(action="ignore"):
            loader.ensure_loaded()
    except LookupError:
        return None
    return WordNet(loader, _name(loader))


@lru_cache(maxsize=2)
def _from_folder(folder: str) -> WordNet:
    missing = [name for name in _READ_FOR_METEOR if not (Path(folder) / name).is_file()]
    if missing:
        raise UnavailableError(
            where=folder,
            problem=f"holds no WordNet (for example no {missing[0]}), which nltk's METEOR looks synonyms up in",
            fix="Run `apt install wordnet-base wordnet-sense-index` or `python -m nltk.downloader wordnet`, "
            f"or name a folder with WordNet's files in {VARIABLE}",
        )
    nltk_wordnet = needed("nltk.corpus.reader.wordnet", package="nltk")
    base = nltk_wordnet.WordNetCorpusReader
    roots = needed("nltk.data", package="nltk").path
    if folder not in roots:
        roots.append(folder)  # nltk reads from no folder that is not on this list

    def open_file(self: Any, name: str) -> Any:
        given = name != "lexnames" or (Path(folder) / name).is_file()
        return base.open(self, name) if given else io.StringIO(lexnames())

    def no_mapping(_self: Any, _version: str = "wordnet") -> None:
        """Leave out the mapping between versions of WordNet: it needs a second one, and METEOR does not use it."""

    reader_type = type("WordNetFolder", (base,), {"open": open_file, "map_wn": no_mapping})
    try:
        with warnings.catch_warnings(action="ignore"):  # that the multilingual part is absent
            reader = reader_type(folder, None)
        return WordNet(reader, _name(reader))
    except (OSError, ValueError, LookupError, nltk_wordnet.WordNetError) as error:
        raise UnavailableError(
            where=folder,
            problem=f"its WordNet cannot be read: {error}",
            fix=f"Install it again, or name another folder in {VARIABLE}",
        ) from error


def _name(reader: Any) -> str:
    digest = hashlib.sha256()
    for name in _READ_FOR_METEOR:
        with reader.open(name) as stream:
            digest.update(stream.read().encode())
    return f"{reader.get_version()}-{digest.hexdigest()[:8]}"
