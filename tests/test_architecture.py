"""The arrows of the house: who may import whom, and how heavy the front door is."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sarbench

PACKAGE = Path(sarbench.__file__).parent

# Rooms from the street to the attic: a module may import from its own room and from rooms named before it.
ORDER = (
    ("_version", "errors"),
    ("files", "paths"),
    ("schema", "coords", "imaging", "stats"),
    ("simulate", "perturb", "leakage"),
    ("sources",),
    ("build",),
    ("hub",),
    ("answers",),
    ("metrics",),
    ("questions",),
    ("prompts",),
    ("catalogue",),
    ("runs",),
    ("board", "calibrate", "compare", "export", "task_data", "leakage_scan"),
    ("answer_file", "baselines", "evaluate_modules", "judge", "lmms", "retrieval", "site"),
    ("demo", "submit"),
    ("cli",),
)
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}

# Within a rank rooms are neighbours that do not know each other, with these exceptions; and some pairs of the order
# must not meet although it would allow them.
FORBIDDEN = {
    "answers": {"sources", "build", "hub", "imaging", "simulate"},
    "prompts": {"sources", "build", "hub", "imaging", "simulate"},
    "metrics": {"sources", "build", "hub", "imaging", "simulate", "prompts"},
    "questions": {"sources", "build", "hub", "imaging", "simulate", "perturb", "leakage"},
    "runs": {"sources", "build", "hub", "imaging", "simulate"},
    "board": {"sources", "build", "hub", "imaging", "simulate", "metrics"},
    "baselines": {"lmms", "board", "site"},
    "lmms": {"baselines", "board", "site", "sources"},
    "site": {"baselines", "lmms"},
    "leakage": {"schema", "coords", "stats", "files", "paths"},
    "leakage_scan": {"answers", "prompts", "metrics", "catalogue", "runs", "simulate", "perturb"},
    "stats": {"schema", "coords", "imaging"},
    "coords": {"schema", "stats", "imaging"},
    "imaging": {"schema", "stats", "coords"},
}

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if not path.parts[-2].startswith("_"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported_rooms(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [node.module or ""]
            if node.module == "sarbench":
                names = [f"sarbench.{alias.name}" for alias in node.names]
        for name in names:
            if name.startswith("sarbench."):
                found.add(name.split(".")[1])
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_one_way(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        return  # the front door opens every room, lazily
    assert here in RANK, f"{path} is in a room that the order does not know"
    for other in imported_rooms(path) - {here}:
        assert RANK[other] < RANK[here], f"{path} imports sarbench.{other}, which stands above it or beside it"
        assert other not in FORBIDDEN.get(here, ()), f"{path} imports sarbench.{other}, which it must not know"


def test_no_room_of_the_order_is_empty() -> None:
    assert {room(path) for path in MODULES} - {"__init__"} == set(RANK)


def test_import_is_light() -> None:
    code = "import sarbench, sys; print([m for m in ('torch', 'datasets', 'numpy', 'pyarrow') if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_core_imports_no_torch() -> None:
    code = (
        "import sarbench.cli.main, sarbench.baselines, sarbench.site, sarbench.hub, sarbench.build, sarbench.simulate\n"
        "import sys; print([m for m in ('torch', 'transformers', 'lmms_eval', 'torchvision') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert answer.stdout.strip() == "[]", answer.stderr


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_public_names_exist() -> None:
    for name in sarbench.__all__:
        assert getattr(sarbench, name) is not None
