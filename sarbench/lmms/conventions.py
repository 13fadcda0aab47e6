"""Which coordinate convention a model family was trained to speak, as its paper or model card declares it.

A run declares one convention. Where nobody gives one with `--coords`, this table does, or there is none: a family that
is not in it, or whose resize the run's arguments do not tell, is not guessed. Whether a model keeps to what its authors
declare is what `sarbench calibrate` measures, on training or validation items.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sarbench.coords import parse_convention
from sarbench.errors import InputError
from sarbench.lmms.model_args import MODEL_NAMES
from sarbench.lmms.resize import model_type_of, resize_of
from sarbench.lmms.weights import model_folder_of

QWEN_FACTOR = 28
"""Patch size 14 times merge size 2 (Qwen2.5-VL, arXiv 2502.13923, section on the vision encoder)."""

_LMMS_EVAL_LIMITS = (200_704, 1_605_632)
"""What lmms-eval 0.7.3 gives the processor of its own Qwen2.5-VL backend (`models/simple/qwen2_5_vl.py`)."""

_LMMS_EVAL_QWEN = ("qwen2_5_vl", "qwen2_5_vl_chat")
_ENGINES = ("vllm", "vllm_generate", "sglang")
"""Backends whose engine resizes as the model's files say: lmms-eval 0.7.3 hands their `max_pixels` to videos alone."""


@dataclass(frozen=True)
class Declared:
    """A convention, and who says so."""

    convention: str
    source: str


@dataclass(frozen=True)
class Family:
    """Models that speak one convention."""

    name: str
    pattern: str
    """Regular expression that the name of a model or backend holds, in lower case and with `-` between its words."""
    convention: str | None
    """None: pixels of the image after the resize that the run's own arguments say."""
    source: str


FAMILIES: tuple[Family, ...] = (
    Family("GeoChat", r"geochat", "norm100", "GeoChat, arXiv 2311.15826: {<x1><y1><x2><y2>|<angle>} from 0 to 100"),
    Family("Qwen3-VL", r"qwen-?3(-5)?-vl", "norm1000", "Qwen3-VL model card: relative coordinates from 0 to 1000"),
    Family("Qwen2.5-VL", r"qwen-?2-5-vl", None, "Qwen2.5-VL, arXiv 2502.13923: absolute pixels of the resized image"),
    Family("Qwen2-VL", r"qwen-?2-vl", "norm1000", "Qwen2-VL, arXiv 2409.12191: normalised to [0, 1000)"),
    Family("Qwen-VL", r"qwen-vl", "norm1000", "Qwen-VL, arXiv 2308.12966: normalised to [0, 1000)"),
    Family(
        "InternVL",
        r"intern-?vl",
        "norm1000",
        "InternVL2, 2.5 and 3 model cards: <box>[[x1, y1, x2, y2]]</box> from 0 to 1000",
    ),
    Family(
        "LLaVA-OneVision, LLaVA-NeXT",
        r"llava-(onevision|next|v?1-6)|onevision|llava-ov",
        "norm1",
        "LLaVA-NeXT and LLaVA-OneVision (arXiv 2408.03326): x and y from 0 to 1",
    ),
    Family(
        "LLaVA-1.5",
        r"llava-(v?1-5|hf-1-5)",
        "norm1_padded",
        "LLaVA-1.5, arXiv 2310.03744, and expand2square of its code: 0 to 1 of the square that the image is padded to",
    ),
    Family("CogVLM", r"cogvlm|cogagent", "norm999", "CogVLM, arXiv 2311.03079: [[x0,y0,x1,y1]] from 000 to 999"),
    Family("GLM-4V", r"glm-4(-\d)?v", "norm999", "GLM-4.1V and GLM-4.5V, arXiv 2507.01006: relative, 0 to 999"),
    Family("DeepSeek-VL2", r"deepseek-vl-?2", "norm999", "DeepSeek-VL2, arXiv 2412.10302: normalised to 0 to 999"),
    Family("MiniCPM-V", r"minicpm-(v|o)", "norm1000", "MiniCPM-V model cards: <box>x1 y1 x2 y2</box> from 0 to 1000"),
    Family(
        "PaliGemma",
        r"paligemma",
        "norm1000_yx",
        "PaliGemma, arXiv 2407.07726: its own <locYYYY> tokens, y first, which are read as such whatever the run's "
        "convention; this one is for what it may write without them",
    ),
    Family("Gemini", r"gemini", "norm1000_yx", "Gemini API documentation: [ymin, xmin, ymax, xmax] from 0 to 1000"),
)
"""First match wins: more special names stand before those they hold."""


def convention_for(model: str, model_args: Mapping[str, str]) -> Declared | None:
    """Return the convention that a model's family declares.

    Args:
        model: lmms-eval's name of the backend, e.g. `qwen2_5_vl`.
        model_args: Its arguments; `pretrained`, `model` or `model_version` names the model, `min_pixels` and
            `max_pixels` its resize.

    Returns:
        The convention with its source; None where the family is unknown (see `family_of`), or where pixels of a resized
        image are spoken and the resize is not known: the limits of a server are its own.

    Raises:
        InputError: The arguments name a smallest image that is larger than the largest.

    >>> convention_for("qwen2_5_vl", {"pretrained": "Qwen/Qwen2.5-VL-7B-Instruct"}).convention
    'pixel_resized(28,200704,1605632)'
    >>> convention_for("openai", {"model": "Qwen2.5-VL-7B-Instruct"}) is None
    True
    >>> convention_for("vllm", {"model": "OpenGVLab/InternVL3-8B"}).convention
    'norm1000'
    """
    family = family_of(model, model_args)
    if family is None:
        return None
    if family.convention is not None:
        return Declared(family.convention, family.source)
    limits = _limits(model, model_args)
    if limits is None:
        return None
    name = f"pixel_resized({limits.factor},{limits.low},{limits.high})"
    return Declared(parse_convention(name).name, f"{family.source}; min_pixels and max_pixels are {limits.whose}")


@dataclass(frozen=True)
class _Limits:
    factor: int
    low: int
    high: int
    whose: str


def _limits(model: str, model_args: Mapping[str, str]) -> _Limits | None:
    """Return how the backend resizes, and who says so; None where that is not known."""
    folder = model_folder_of(model, model_args)
    filed = resize_of(folder) if folder else None
    if model in _LMMS_EVAL_QWEN:
        base: tuple[int, int, int] | None = (filed[0] if filed else QWEN_FACTOR, *_LMMS_EVAL_LIMITS)
        whose, given = "lmms-eval's default", dict(model_args)
    elif model == "sarbench_hf":
        base, whose, given = filed, "those of the model's image processor", dict(model_args)
    elif model in _ENGINES:
        base, whose, given = filed, "those of the model's image processor", _engine_args(model_args)
    else:
        return None
    texts = [given.get(name) for name in ("min_pixels", "max_pixels")]
    if any(text is not None and not (text.isdecimal() and int(text)) for text in texts):
        return None  # the backend says what is wrong with it
    low, high = (int(text) if text is not None else None for text in texts)
    if base is None:
        if low is None or high is None:
            return None
        base = (QWEN_FACTOR, low, high)
    factor, low, high = base[0], low or base[1], high or base[2]
    if not low <= high or high < factor * factor:
        raise _no_resize(factor, low, high, whose, given)
    return _Limits(factor, low, high, "the run's own" if any(texts) else whose)


def _engine_args(model_args: Mapping[str, str]) -> dict[str, str]:
    """Return what reaches the image processor of an engine."""
    try:
        given = json.loads(model_args.get("mm_processor_kwargs", "{}"))
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}


def _no_resize(factor: int, low: int, high: int, whose: str, given: Mapping[str, str]) -> InputError:
    """Say which limit the user gave and which one came with it."""
    said = {name: "of the run's own" if name in given else f"of {whose}" for name in ("min_pixels", "max_pixels")}
    if high < factor * factor:
        problem = f"max_pixels={high} ({said['max_pixels']}) is less than one patch of {factor} times {factor} pixels"
        return InputError(where="--model_args", problem=problem, fix=f"Give max_pixels={factor * factor} or more")
    problem = f"min_pixels={low} ({said['min_pixels']}) is above max_pixels={high} ({said['max_pixels']})"
    fix = "Give both, the smaller one as min_pixels"
    return InputError(where="--model_args", problem=problem, fix=fix)


def family_of(model: str, model_args: Mapping[str, str]) -> Family | None:
    """Return the family of a model: by the name of its weights, the architecture in its files, or its backend's name.

    >>> family_of("llava_hf", {"pretrained": "llava-hf/llava-1.5-7b-hf"}).name
    'LLaVA-1.5'
    >>> family_of("llava_hf", {"pretrained": "org/other"}) is None
    True
    """
    folder = model_folder_of(model, model_args)
    kind = model_type_of(folder) if folder else ""
    for name in (*(model_args[key] for key in MODEL_NAMES if key in model_args), kind, model):
        plain = re.sub(r"[-_. /]+", "-", name.lower())
        for family in FAMILIES:
            if re.search(rf"(^|-){family.pattern}", plain):
                return family
    return None
