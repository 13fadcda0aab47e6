"""The commands in tasks/BACKENDS.md: what is marked as tried, and what every command says."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "tasks" / "BACKENDS.md"
TRIED, REFUSED = "tried", "tried, refused"


@dataclass(frozen=True)
class Block:
    """A fenced block of shell commands."""

    section: str
    marker: str
    """`tried` or `tried, refused`, from the comment before it; empty where it was not tried."""
    text: str

    def commands(self) -> Iterator[list[str]]:
        """Yield its commands as words, without comments and without the sign that puts one into the background."""
        for line in self.text.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words:
                yield words[:-1] if words[-1] == "&" else words


def read_blocks(document: str) -> list[Block]:
    """Find the blocks of a document in their order."""
    found, section = [], ""
    pattern = r"^#+ (?P<title>[^\n]+)$|^(?:<!-- (?P<marker>[^\n]+) -->\n)?```bash\n(?P<text>.*?)^```$"
    for match in re.finditer(pattern, document, re.MULTILINE | re.DOTALL):
        if match["title"]:
            section = match["title"].strip()
        else:
            found.append(Block(section, match["marker"] or "", match["text"]))
    return found


_ALL = read_blocks(DOCUMENT.read_text(encoding="utf-8"))
PREAMBLE = _ALL[0].text
"""What stands before every other command."""
BLOCKS = _ALL[1:]
