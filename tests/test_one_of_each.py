"""What stands once: constants that several rooms need, and names that no other room may take by the underscore."""

import ast
from pathlib import Path

import pytest

import sarbench

PACKAGE = Path(sarbench.__file__).parent
READ_BY_ALL = ("sarbench.answers.", "sarbench.questions.")
MODULES = sorted(PACKAGE.rglob("*.py"))


def private_imports(path: Path) -> list[str]:
    here = path.relative_to(PACKAGE).with_suffix("").parts[0]
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(READ_BY_ALL):
            parts = [*str(node.module).split("."), *(alias.name for alias in node.names)]
            if parts[1] != here and any(part.startswith("_") and part != "__version__" for part in parts[2:]):
                found.append(f"{path.relative_to(PACKAGE)}: {'.'.join(parts)}")
    return found


def test_no_room_takes_private_names_of_answers_or_questions() -> None:
    assert [found for path in MODULES for found in private_imports(path)] == []


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ('"-lite"', "schema.py"),
        ('isoformat(timespec="seconds")\n\n', "runs/environment.py"),  # a function that ends so tells the time
        ('("paper_correct", "paper_undecided")', "runs/judged.py"),
        ("_FAILED = 0.01", "runs/wholeness.py"),
    ],
)
def test_stands_in_one_place(text: str, home: str) -> None:
    holding = [str(path.relative_to(PACKAGE)) for path in MODULES if text in path.read_text(encoding="utf-8")]
    # What the evaluation command says of its option is no constant.
    assert [path for path in holding if path != "cli/data.py"] == [home]
