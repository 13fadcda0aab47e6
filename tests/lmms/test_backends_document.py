"""tasks/BACKENDS.md names flags, backends, arguments and tasks that there are. That its commands run is an e2e test."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest
import typer

from sarbench.catalogue import read_catalogue
from sarbench.cli.main import app
from sarbench.lmms.hf.args import hf_args
from sarbench.lmms.model_args import parse_model_args
from sarbench.lmms.preflight import backends
from tests.e2e.backends_document import BLOCKS, DOCUMENT, PREAMBLE, REFUSED, TRIED, read_blocks

COMMANDS = [words for block in BLOCKS for words in block.commands()]
SECTIONS = {block.section for block in BLOCKS}


def folder_of(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        pytest.skip(f"{package} is not installed: pip install 'sarbench[eval]'")
    return Path(found.origin).parent


def flags(words: list[str]) -> list[str]:
    return [word.partition("=")[0] for word in words if word.startswith("--")]


def started(words: list[str], *names: str) -> list[str] | None:
    """Return what follows the program, wherever it stands in the command."""
    place = next((place for place, word in enumerate(words) if word.split("/")[-1] in names), None)
    return None if place is None else words[place + 1 :]


def evaluations() -> list[list[str]]:
    """What follows `sarbench eval` and `lmms-eval eval`."""
    found = (started(words, "sarbench", "lmms-eval", "lmms_eval") for words in COMMANDS)
    return [rest for rest in found if rest and rest[0] == "eval"]


def option(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]


def test_the_document_is_read_whole() -> None:
    assert PREAMBLE.strip() == "export SARBENCH_HOME=$PWD/demo/home"
    assert {block.marker for block in BLOCKS} == {"", TRIED, REFUSED}
    assert len(BLOCKS) == DOCUMENT.read_text().count("```bash") - 1
    for name in ("llava_hf", "qwen2_vl", "qwen2_5_vl", "sarbench_hf", "async_openai", "vLLM", "SGLang", "accelerate"):
        assert any(name in section for section in SECTIONS), name
    assert len(evaluations()) >= 13


def test_a_block_is_taken_apart_as_a_shell_does() -> None:
    (block,) = read_blocks("# A\n\n<!-- tried -->\n```bash\na --b \\\n    'c d' & # e\n\nf\n```\n")
    assert (block.section, block.marker, list(block.commands())) == ("A", "tried", [["a", "--b", "c d"], ["f"]])


def test_sarbench_has_the_flags() -> None:
    known = typer.main.get_command(app).commands
    asked = [rest for words in COMMANDS if (rest := started(words, "sarbench"))]
    assert len(asked) >= 10
    for command, *rest in asked:
        options = {name for parameter in known[command].params for name in parameter.opts}
        assert set(flags(rest)) <= options, (command, rest)


@pytest.mark.parametrize(
    ("package", "source", "program"),
    [
        ("lmms_eval", "__main__.py", ("lmms-eval", "lmms_eval")),
        ("accelerate", "commands/launch.py", ("accelerate",)),
    ],
)
def test_others_have_the_flags(package: str, source: str, program: tuple[str, ...]) -> None:
    known = set(re.findall(r'"(--[a-z_-]+)"', (folder_of(package) / source).read_text()))
    asked = [rest for words in COMMANDS if (rest := started(words, *program))]
    assert asked
    for rest in asked:
        own = rest[: rest.index("-m")] if "-m" in rest else rest
        assert flags(own)
        assert set(flags(own)) <= known, own


def test_lmms_eval_has_the_backends_and_sarbench_the_tasks() -> None:
    folder_of("lmms_eval")
    for words in evaluations():
        assert option(words, "--model") in backends()
        assert read_catalogue().select([option(words, "--tasks")])


def test_the_backends_take_the_arguments() -> None:
    """`openai` and `async_openai` ignore what they do not know, the others stop."""
    models = folder_of("lmms_eval") / "models"
    for words in evaluations():
        name, given = option(words, "--model"), parse_model_args(option(words, "--model_args"))
        if name == "sarbench_hf":
            assert hf_args(given)
        elif name not in ("vllm", "sglang"):  # these hand on what they do not know
            sources = [models / kind / f"{name}.py" for kind in ("simple", "chat")]
            assert given.keys() <= {key for path in sources if path.exists() for key in taken_by(path)}, words


def taken_by(source: Path) -> set[str]:
    methods = (node for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.FunctionDef))
    return {argument.arg for method in methods if method.name == "__init__" for argument in method.args.args}
