"""Is a folder a model that `sarbench_hf` can load? Asked of the files, before torch or lmms-eval are started."""

import json
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sarbench.errors import InputError
from sarbench.lmms.hf.args import HfArgs, hf_args
from sarbench.lmms.model_args import names_folder

_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "tekken.json")
_PROCESSORS = ("preprocessor_config.json", "processor_config.json")
_WEIGHTS = ("model.safetensors", "pytorch_model.bin")
_INDEXES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
_TEMPLATES = ("chat_template.jinja", "chat_template.json")
_SPEAKS = ("tokenizer_config.json", "processor_config.json")
"""Where else a chat template may stand, under the key `chat_template`."""

_LFS = b"version https://git-lfs"


def check_model_folder(args: Mapping[str, object]) -> None:
    """Check the arguments of `sarbench_hf` and, where they name a folder, that it holds a whole model.

    A Hub id is not looked up.

    Args:
        args: `--model_args` as pairs.

    Raises:
        InputError: The folder does not exist, lacks files (all are named), holds cut-off weights, or is a model of
            another kind.
        UnknownNameError: There is no such argument.
    """
    asked = hf_args(args)
    if asked.chat_template is not None and not Path(asked.chat_template).is_file():
        raise InputError(where=asked.chat_template, problem="does not exist", fix="Give chat_template= a Jinja file")
    folder = model_folder(asked.pretrained)
    if folder is None:
        return
    if not folder.is_dir():
        raise InputError(where=folder, problem="is not a model folder: it does not exist", fix="Check pretrained=")
    missing = list(_missing(folder, asked))
    if missing:
        adapter = (folder / "adapter_config.json").is_file()
        fix = (
            "It is an adapter: merge it into its base model and save both as one"
            if adapter
            else "Give the folder that save_pretrained of the model and of its processor wrote, or download it again"
        )
        raise InputError(where=folder, problem=f"is no whole model: {'; '.join(missing)}", fix=fix)
    if not asked.trust_remote_code:
        _require_kind(folder)


def model_folder(pretrained: str) -> Path | None:
    """Return the folder that `pretrained` names, or None where it is a Hub id.

    >>> model_folder("Qwen/Qwen2.5-VL-7B-Instruct") is None
    True
    """
    return Path(pretrained).expanduser() if names_folder(pretrained) else None


def _missing(folder: Path, asked: HfArgs) -> Iterator[str]:
    """Name everything that the folder lacks."""
    try:
        config = _json(folder / "config.json")
    except InputError as error:
        yield error.problem
    else:
        if "model_type" not in config:
            yield "config.json names no model_type"
    yield from _missing_weights(folder)
    if not any((folder / name).is_file() for name in _TOKENIZERS):
        yield f"there is no tokenizer ({', '.join(_TOKENIZERS[:3])} …)"
    if not any((folder / name).is_file() for name in _PROCESSORS):
        yield f"there is no image processor ({' or '.join(_PROCESSORS)})"
    if asked.chat_template is None and not _has_template(folder):
        yield "there is no chat template (chat_template.jinja; or give chat_template=FILE)"


def _missing_weights(folder: Path) -> Iterator[str]:
    index = next((folder / name for name in _INDEXES if (folder / name).is_file()), None)
    single = next((folder / name for name in _WEIGHTS if (folder / name).is_file()), None)
    if single is not None:
        names = [single.name]
    elif index is not None:
        try:
            names = sorted(set(_json(index).get("weight_map", {}).values()))
        except InputError as error:
            yield error.problem
            return
    else:
        yield f"there are no weights ({' or '.join(_WEIGHTS)})"
        return
    for name in names:
        path = folder / name
        if not path.is_file():
            yield f"{name} does not exist"
        elif fault := _fault(path):
            yield f"{name} {fault}"


def _fault(path: Path) -> str | None:
    """Say what is wrong with a file of weights, as far as its first bytes and its size tell."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
        if _LFS.startswith(head) and size < 1024:
            return "is a Git LFS pointer, not the weights"
        if path.suffix != ".safetensors":
            return "is empty" if size == 0 else None
        # Layout: length of the header as little-endian uint64, header as JSON, tensors (safetensors, README, "Format").
        length = int.from_bytes(head, "little")
        if len(head) < 8 or length > size - 8:
            return "is cut off or no safetensors file"
        try:
            header = json.loads(file.read(length))
            end = max((entry["data_offsets"][1] for key, entry in header.items() if key != "__metadata__"), default=0)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            return "is no safetensors file"
    expected = 8 + length + end
    return f"is cut off: {size} of {expected} bytes" if size < expected else None


def _has_template(folder: Path) -> bool:
    if any((folder / name).is_file() for name in _TEMPLATES):
        return True
    for name in _SPEAKS:
        try:
            if _json(folder / name).get("chat_template"):
                return True
        except InputError:
            continue
    return False


def _require_kind(folder: Path) -> None:
    """Refuse a model that the installed transformers does not know as one from image and text to text."""
    if find_spec("transformers") is None:
        return
    import transformers
    from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES as KNOWN

    config = _json(folder / "config.json")
    kind = config["model_type"]
    if kind in KNOWN:
        return
    fix = (
        "Its code lies beside it: add trust_remote_code=true if you trust it"
        if "auto_map" in config
        else "Give a vision-language model; for a newer one, install a newer transformers"
    )
    problem = f"is a {kind!r} model, which transformers {transformers.__version__} does not know as image-text-to-text"
    raise InputError(where=folder, problem=problem, fix=fix)


def _json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        InputError: It is not there or is none; `problem` names the file.
    """
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError(where=path, problem=f"there is no {path.name}", fix="Check the folder") from None
    except (OSError, ValueError) as error:
        raise InputError(where=path, problem=f"{path.name} cannot be read ({error})", fix="Get it again") from error
    if not isinstance(content, dict):
        raise InputError(where=path, problem=f"{path.name} holds no JSON object", fix="Get it again")
    return content
