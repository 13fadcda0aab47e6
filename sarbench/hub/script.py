"""A loading script for `datasets` older than 4, written into a folder of its own."""

import json
import re
from pathlib import Path
from textwrap import fill

from sarbench import sources
from sarbench._version import __version__
from sarbench.build.index import INDEX_NAME
from sarbench.errors import InputError
from sarbench.files import write_text
from sarbench.sources import DatasetCard

_MODULE = re.compile(r"[A-Za-z0-9_-]+")

_TEXT = '''"""{title}: a loading script for datasets older than 4, and for them only.

    datasets.load_dataset({folder}, {config}, data_dir="…", trust_remote_code=True)

data_dir is the folder of the authors' files.

{obtain}

It needs sarbench {version} or newer. datasets 4 and newer refuse every folder with such a script; they, and older ones
too, read the same rows with sarbench.load_dataset({name}, {config}, data_dir="…").
"""

from dataclasses import dataclass

from sarbench.hub.legacy import LegacyBuilder, LegacyConfig


@dataclass
class Config(LegacyConfig):
    """The options of the dataset."""

{fields}


class {builder}(LegacyBuilder):
    """{title}."""

    BUILDER_CONFIG_CLASS = Config
    BUILDER_CONFIGS = [
{configs}
    ]
'''


def write_script(name: str, out: Path) -> Path:
    """Write a legacy loading script, which reads the authors' files with the installed sarbench.

    `datasets.load_dataset("<out>", "<config>", data_dir="…", trust_remote_code=True)` runs it, map-style and streamed,
    on `datasets` older than 4. Its mere presence makes datasets 4 and newer refuse the folder ("Dataset scripts are no
    longer supported"), so it never goes where a built set lies.

    Args:
        name: The dataset.
        out: The folder; its name becomes the script's.

    Returns:
        The script, `<out>/<name of out>.py`.

    Raises:
        UnknownNameError: There is no such dataset.
        InputError: The folder lies in a built set, holds other files, or cannot be written or imported from.
    """
    card = sources.get(name).CARD
    out = out.absolute()
    path = out / f"{out.name}.py"
    _check_folder(out, path)
    text = _script(card, str(out))
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_text(path, text)
    except OSError as error:
        fix = "Give another --out"
        raise InputError(where=out, problem=f"cannot be written ({error})", fix=fix) from error
    return path


def _check_folder(out: Path, path: Path) -> None:
    fix = "Give another --out: a new folder with a name of letters, digits, _ and -"
    if not _MODULE.fullmatch(out.name):
        raise InputError(where=out, problem="cannot be the name of a Python module", fix=fix)
    for folder in (out, *out.parents):
        if (folder / INDEX_NAME).exists():
            problem = f"lies in the built set {folder}, which datasets 4 would then refuse to load"
            raise InputError(where=out, problem=problem, fix=fix)
    if out.is_file() or (out.is_dir() and any(there != path for there in out.iterdir())):
        raise InputError(where=out, problem="holds other files, and the script needs a folder of its own", fix=fix)


def _script(card: DatasetCard, folder: str) -> str:
    fields = [f"    dataset: str = {_literal(card.name)}"]
    fields += [f"    {option.name}: str = {_literal(option.default)}" for option in card.options]
    configs = [
        f'        Config(name={_literal(config.name)}, version="1.0.0", description={_literal(config.summary)}),'
        for config in card.configs
    ]
    return _TEXT.format(
        title=_quoted(card.title),
        folder=_literal(folder),
        config=_literal(card.configs[0].name),
        obtain=_quoted(fill(card.obtain, 118)),
        version=__version__,
        name=_literal(card.name),
        fields="\n".join(fields),
        builder="".join(part.capitalize() for part in re.split(r"\W+", card.name)),
        configs="\n".join(configs),
    )


def _literal(text: str) -> str:
    """Spell a string in Python, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def _quoted(text: str) -> str:
    """Make a text safe inside a docstring."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
