"""Checkpoints of open_clip: `open_clip:ARCH:PRETRAINED`, a tag of its list or a file of weights."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from PIL import Image

from sarbench.errors import InputError, MissingExtraError, UnknownNameError
from sarbench.retrieval.encoder import Embeddings
from sarbench.retrieval.torch_device import import_torch, memory_errors, usable_device
from sarbench.runs.record import ModelInfo


@dataclass(frozen=True)
class OpenClipEncoder:
    """A loaded model with its transform and tokenizer; see `Encoder`."""

    model: ModelInfo
    key: dict[str, str]
    device: str
    longest: int
    _model: Any
    _transform: Any
    _tokenizer: Any
    backend: str = "open_clip"

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """Return [n, d]."""
        torch = import_torch()
        return self._features(self._model.encode_image, torch.stack([self._transform(image) for image in images]))

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        """Return [n, d]."""
        return self._features(self._model.encode_text, self._tokenizer(list(texts)))

    def tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has; the two around it count."""
        inner = getattr(self._tokenizer, "tokenizer", None)  # a tokenizer of transformers, which some text towers have
        if inner is not None:
            return [len(ids) for ids in inner(list(texts), verbose=False)["input_ids"]]
        return [len(self._tokenizer.encode(text)) + 2 for text in texts]

    def _features(self, tower: Any, inputs: Any) -> Embeddings:
        torch = import_torch()
        with memory_errors(torch), torch.inference_mode():
            array: Embeddings = tower(inputs.to(self.device)).float().cpu().numpy()
        return array


def open_clip_encoder(architecture: str, pretrained: str, *, device: str | None = None) -> OpenClipEncoder:
    """Load a model in float32.

    Raises:
        MissingExtraError: open_clip or torch are not installed.
        UnknownNameError: open_clip knows no such architecture, or no such tag of it.
        InputError: The weights do not fit the architecture or cannot be read, or its tokenizer knows no words.
    """
    torch = import_torch()
    try:
        open_clip: Any = import_module("open_clip")
    except ImportError as error:
        fix = "Install it with `pip install open_clip_torch`, constrained to the torch that is here"
        raise MissingExtraError(where="open_clip", problem="is not installed", fix=fix) from error
    place = usable_device(torch, device)
    known = open_clip.list_models()
    if architecture not in known:
        near = get_close_matches(architecture, known, n=3)
        fix = f"Did you mean {' or '.join(near)}" if near else "open_clip.list_models() lists what there is"
        raise UnknownNameError(where=f"architecture {architecture!r}", problem="is unknown to open_clip", fix=fix)
    weights = _weights(open_clip, architecture, pretrained)
    try:
        model, _, transform = open_clip.create_model_and_transforms(
            architecture, pretrained=pretrained, precision="fp32", device=place
        )
        tokenizer = open_clip.get_tokenizer(architecture)
    except (OSError, RuntimeError, ValueError, KeyError, AttributeError, EOFError, UnpicklingError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        fix = "Give weights of this architecture; without a network, a file"
        raise InputError(where=pretrained, problem=f"cannot be loaded ({reason})", fix=fix) from error
    if bool((tokenizer(["a ship"]) == tokenizer(["a tank"])).all()):
        fix = f"Get the files of the tokenizer of {architecture}: open_clip.get_tokenizer({architecture!r})"
        raise InputError(where=architecture, problem="its tokenizer knows no words", fix=fix)
    name = Path(pretrained).stem if Path(pretrained).is_file() else pretrained
    return OpenClipEncoder(
        model=ModelInfo(
            id=f"open_clip/{architecture}-{name}",
            revision=weights,
            parameters=sum(parameter.numel() for parameter in model.parameters()),
            open_weights=True,
        ),
        key={
            "backend": f"open_clip {version('open_clip_torch')}",
            "architecture": architecture,
            "weights": weights,
            "transform": str(transform),
            "dtype": "float32",
        },
        device=place,
        longest=int(tokenizer.context_length),
        _model=model.eval(),
        _transform=transform,
        _tokenizer=tokenizer,
    )


def _weights(open_clip: Any, architecture: str, pretrained: str) -> str:
    """Return what identifies the weights: the SHA-256 of a file, or the tag."""
    path = Path(pretrained)
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    tags = open_clip.list_pretrained_tags_by_model(architecture)
    if pretrained not in tags:
        fix = f"Give a file of weights, or a tag of {architecture}: {', '.join(tags[:8]) or 'it has none'}"
        raise UnknownNameError(where=f"weights {pretrained!r}", problem="are neither a file nor a tag", fix=fix)
    return pretrained
