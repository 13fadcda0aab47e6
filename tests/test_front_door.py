"""What a bare `import sarbench` opens: names as README writes them, at no cost before they are used."""

import subprocess
import sys
from pathlib import Path

import pytest

import sarbench
import sarbench.metrics

DOTTED = (
    "answers.parse",
    "coords.parse_convention",
    "errors.SarbenchError",
    "hub.image_bytes",
    "imaging.decode_raw",
    "metrics.boxes.iou",
    "metrics.caption.corpus_scores",
    "metrics.choice.vqa_correct",
    "metrics.retrieval.recall_at_k",
    "perturb.LEVELS",
    "prompts.to_messages",
    "schema.SCHEMA",
    "simulate.write_sardet",
    "stats.paired_test",
)


def fresh(code: str) -> str:
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return answer.stdout.strip() + answer.stderr.strip()


@pytest.mark.parametrize("name", DOTTED)
def test_a_dotted_name_needs_no_further_import(name: str) -> None:
    assert fresh(f"import sarbench; print(callable(sarbench.{name}) or bool(sarbench.{name}))") == "True"


def test_nothing_is_imported_before_it_is_used() -> None:
    heavy = "[m for m in ('numpy', 'pyarrow', 'torch', 'datasets', 'numba') if m in sys.modules]"
    assert fresh(f"import sarbench, sarbench.metrics, sys; dir(sarbench); print({heavy})") == "[]"
    assert fresh(f"import sarbench, sys; sarbench.stats, sarbench.answers; print('torch' in {heavy})") == "False"


def test_unknown_names_are_refused() -> None:
    for package in (sarbench, sarbench.metrics):
        with pytest.raises(AttributeError, match="has no attribute 'nowhere'"):
            package.nowhere  # noqa: B018


def test_every_module_of_the_metrics_opens() -> None:
    folder = Path(sarbench.metrics.__file__).parent
    public = {path.stem for path in folder.iterdir() if path.stem[0] != "_" and path.suffix in ("", ".py")}
    assert set(sarbench.metrics.__all__) == public - {"unavailable"}
    for name in sarbench.metrics.__all__:
        assert getattr(sarbench.metrics, name).__name__ == f"sarbench.metrics.{name}"
    assert {"stats", "score"} <= set(dir(sarbench))
