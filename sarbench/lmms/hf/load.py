"""Load any Hugging Face image-text-to-text model with its processor, or say in a sentence why not."""

import inspect
import os
from pathlib import Path
from typing import Any

from sarbench.errors import InputError
from sarbench.lmms.hf.args import HfArgs
from sarbench.lmms.hf.folder import check_model_folder, model_folder
from sarbench.runs.made_up import listed, made_up


def load_model(args: HfArgs) -> tuple[Any, Any]:
    """Load a model in evaluation mode and its processor, which pads on the left.

    Raises:
        InputError: They cannot be loaded, lack weights, or the device is not there.
    """
    from transformers import AutoModelForImageTextToText

    check_model_folder(vars(args))
    device = None if args.device_map else choose_device(args.device)
    options = {"device_map": args.device_map, "attn_implementation": args.attn_implementation}
    try:
        processor = _processor(args)
        model, report = AutoModelForImageTextToText.from_pretrained(
            _name(args),
            revision=args.revision,
            dtype=args.dtype,
            trust_remote_code=args.trust_remote_code,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # which are then refused by name
            **{name: value for name, value in options.items() if value is not None},
        )
    except (OSError, ValueError, ImportError, KeyError) as error:
        problem = f"cannot be loaded: {type(error).__name__}: {str(error).strip().splitlines()[0]}"
        fix = "Check pretrained=, revision= and the other --model_args against the model's own page"
        raise InputError(where=args.pretrained, problem=problem, fix=fix) from error
    _require_weights(report, args)
    return (model if device is None else model.to(device)).eval(), processor


def choose_device(asked: str | None) -> str:
    """Return the device to load on: the one asked for, else this process's GPU, else the CPU.

    Under `accelerate launch` every process takes the GPU of its `LOCAL_RANK`.

    Raises:
        InputError: A GPU is asked for and torch finds none.
    """
    import torch

    found = torch.cuda.is_available()
    if asked is not None and asked.startswith("cuda") and not found:
        raise InputError(where=f"device {asked}", problem="torch finds no GPU", fix="Give --device cpu")
    if asked in (None, "cuda") and found:
        return f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
    return asked or "cpu"


def _processor(args: HfArgs) -> Any:
    from transformers import AutoProcessor

    limits = {"min_pixels": args.min_pixels, "max_pixels": args.max_pixels}
    limits = {name: value for name, value in limits.items() if value is not None}
    processor = AutoProcessor.from_pretrained(
        _name(args), revision=args.revision, trust_remote_code=args.trust_remote_code, **limits
    )
    images, tokenizer = getattr(processor, "image_processor", None), getattr(processor, "tokenizer", None)
    if images is None or tokenizer is None:
        problem = f"its processor ({type(processor).__name__}) is not one of images and text"
        raise InputError(where=args.pretrained, problem=problem, fix="Give a vision-language model")
    for name in limits:
        if not _takes(images, name):
            problem = f"{name} is given, but its {type(images).__name__} has no such setting"
            raise InputError(where=args.pretrained, problem=problem, fix=f"Leave {name} out")
    if args.chat_template is not None:
        processor.chat_template = Path(args.chat_template).read_text(encoding="utf-8")
    elif getattr(processor, "chat_template", None) is None:
        processor.chat_template = getattr(tokenizer, "chat_template", None)
    if processor.chat_template is None:
        raise InputError(where=args.pretrained, problem="has no chat template", fix="Give chat_template= a Jinja file")
    tokenizer.padding_side = "left"  # answers begin where prompts end: at one place for the whole batch
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return processor


def _takes(images: Any, name: str) -> bool:
    """Whether an image processor has a setting: transformers 5 declares them as types, 4 as arguments."""
    declared = getattr(getattr(images, "valid_kwargs", None), "__annotations__", {})
    return name in declared or name in inspect.signature(type(images).__init__).parameters


def _require_weights(report: dict[str, Any], args: HfArgs) -> None:
    """Refuse a model whose files lack weights, or hold them in another shape: transformers would make them up."""
    missing, misshapen = made_up(report)
    if misshapen:
        problem = f"{len(misshapen)} weights have another shape than its config.json asks: {listed(misshapen)}"
        fix = "Give a whole checkpoint of this architecture"
        raise InputError(where=args.pretrained, problem=problem, fix=fix)
    if missing and not args.allow_missing_weights:
        raise InputError(
            where=args.pretrained,
            problem=f"lacks {len(missing)} weights, which would be random: {listed(missing)}",
            fix="Give a whole checkpoint, or allow_missing_weights=true where you know that it does not matter",
        )


def _name(args: HfArgs) -> str:
    folder = model_folder(args.pretrained)
    return args.pretrained if folder is None else str(folder)
