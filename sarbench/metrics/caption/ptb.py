"""The Penn Treebank tokens of captions: Stanford's PTBTokenizer 3.4.1, cut and cleaned as COCO's evaluation does it.

`-preserveLines -lowerCase`, then the punctuation tokens of pycocoevalcap 1.2 are dropped. (Its list spells brackets
`-LRB-`, the lower-casing run writes `-lrb-`: brackets survive as tokens, there and here.)

Each caption is followed by a line of our own, for two reasons. The Java side looks past the end of a line: "No." keeps
its stop when the next caption begins with a digit, and `<a href="` swallows captions up to the next quote and `>`, so
that pycocoevalcap's tokens of a caption can depend on its neighbours; the quotes in our line prevent it here.
And if a line break slipped through, our lines would no longer alternate with the captions, which is checked, so that no
caption is ever scored against another one's reference.
"""

import subprocess
import tempfile
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from sarbench.errors import RunError
from sarbench.metrics.caption.java import UTF8, failed, jar, java

PTB_VERSION = "3.4.1"

_JAR = "tokenizer/stanford-corenlp-3.4.1.jar"
_PUNCTUATION = frozenset(["''", "'", "``", "`", "-LRB-", "-RRB-", "-LCB-", "-RCB-"]) | frozenset(
    [".", "?", "!", ",", ":", "-", "--", "...", ";"]
)
_MARK, _MARK_TOKENS = "; \"' ;", "; '' ' ;"
_START_SECONDS = 120.0
_SECONDS_PER_CAPTION = 0.01  # hundreds of times what the program needs


def one_line(text: str) -> str:
    r"""Write a caption on one line: NFC, every run of white space (line breaks of any script too) one blank, stripped.

    >>> one_line(" two\rships\u2028in  port\n")
    'two ships in port'
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # a lone surrogate has no UTF-8
    return " ".join(unicodedata.normalize("NFC", whole).split())


def ptb_tokenise(texts: Iterable[str]) -> dict[str, str]:
    """Tokenise captions in one run of the Java program.

    Args:
        texts: Captions, of any number and with repeats.

    Returns:
        Each distinct caption → its tokens joined by single blanks.

    Raises:
        UnavailableError: Java or the jar is missing, or the program fails.
        RunError: The program's lines do not correspond to the captions.
    """
    lines = {text: one_line(text) for text in texts}
    distinct = [line for line in dict.fromkeys(lines.values()) if line]
    tokens = dict(zip(distinct, _run(distinct), strict=True)) if distinct else {}
    return {text: tokens.get(line, "") for text, line in lines.items()}


def _run(lines: list[str]) -> list[str]:
    command = [java(), UTF8, "-cp", str(jar(_JAR)), "edu.stanford.nlp.process.PTBTokenizer"]
    with tempfile.TemporaryDirectory(prefix="sarbench-ptb-") as folder:
        source = Path(folder) / "captions.txt"
        source.write_text("".join(f"{line}\n{_MARK}\n" for line in lines), encoding="utf-8", newline="\n")
        try:
            done = subprocess.run(
                [*command, "-preserveLines", "-lowerCase", source.name],
                cwd=folder,
                capture_output=True,
                timeout=_START_SECONDS + _SECONDS_PER_CAPTION * len(lines),
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise failed(program="PTBTokenizer", problem=f"gave no tokens in {error.timeout:.0f} s") from error
    if done.returncode:
        messages = done.stderr.decode("utf-8", "replace")
        raise failed(program="PTBTokenizer", problem=f"ended with exit code {done.returncode}", messages=messages)
    return _captions(done.stdout.decode("utf-8").split("\n"), lines)


def _captions(written: list[str], lines: list[str]) -> list[str]:
    """Take the captions out of the program's lines, of which every second one must be our mark."""
    tokens, marks = written[0:-1:2], written[1:-1:2]
    if len(written) != 2 * len(lines) + 1 or set(marks) != {_MARK_TOKENS}:
        first = next((line for line, mark in zip(lines, marks, strict=False) if mark != _MARK_TOKENS), lines[-1])
        raise RunError(
            where="PTBTokenizer",
            problem=f"its lines no longer correspond to the captions, from this one on: {first[:80]!r}",
            fix="Remove unusual control characters from that caption, or score with protocol `strict`",
        )
    return [" ".join(word for word in line.split(" ") if word and word not in _PUNCTUATION) for line in tokens]
