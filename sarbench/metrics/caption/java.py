"""The Java programs that the `coco` protocol is defined by: where they are, and what to say when they are not there.

The jars travel in the pycocoevalcap wheel (Stanford CoreNLP 3.4.1 for the tokeniser, METEOR 1.5 with its paraphrase
table). That package's own drivers are not used: they write into site-packages, shift captions that hold line breaks,
and can hang at exit.
"""

import importlib.util
import os
import shutil
from pathlib import Path

from sarbench.metrics.unavailable import UnavailableError

# The programs read and write UTF-8 by themselves; this keeps an odd locale out of their file names and messages.
UTF8 = "-Dfile.encoding=UTF-8"


def java() -> str:
    """Return the Java program: the one on PATH, or JAVA_HOME's.

    Raises:
        UnavailableError: There is none.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java") or (shutil.which("java", path=str(Path(home) / "bin")) if home else None)
    if found is None:
        raise UnavailableError(
            where="java",
            problem="the program is neither on PATH nor under JAVA_HOME, and caption protocol `coco` needs it",
            fix="Install a Java runtime (Debian: `apt install default-jre-headless`) or score with protocol `strict`",
        )
    return found


def jar(part: str) -> Path:
    """Return a file of the pycocoevalcap wheel, e.g. `meteor/meteor-1.5.jar`.

    Raises:
        UnavailableError: The package is not installed, or comes without that file.
    """
    spec = importlib.util.find_spec("pycocoevalcap")
    roots = [] if spec is None else [Path(root) for root in spec.submodule_search_locations or ()]
    for root in roots:
        if (root / part).is_file():
            return root / part
    problem = "is not installed" if not roots else f"comes without {part}"
    raise UnavailableError(
        where="pycocoevalcap",
        problem=f"the package {problem}, and caption protocol `coco` runs its Java programs",
        fix="Run `pip install pycocoevalcap==1.2` or score with protocol `strict`",
    )


def failed(*, program: str, problem: str, messages: str = "") -> UnavailableError:
    """Make the error for a Java program that did not do its work, with the last line that it wrote before any trace."""
    written = [line.strip() for line in messages.splitlines()]
    lines = [line for line in written if line and not line.startswith("at ")]
    said = f" (it wrote: {lines[-1][:200]})" if lines else ""
    return UnavailableError(
        where=program,
        problem=f"{problem}{said}",
        fix="Check that `java -version` works and that 2 GB of memory are free, or score with protocol `strict`",
    )
