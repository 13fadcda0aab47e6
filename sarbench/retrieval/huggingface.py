"""CLIP- and SigLIP-type models of transformers: `get_image_features` and `get_text_features`.

Texts are padded to the full length of the text tower, as SigLIP was trained (its model card) and as CLIP allows: every
batch then has one shape, and an embedding does not depend on its neighbours.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

from PIL import Image

from sarbench.errors import InputError, MissingExtraError
from sarbench.retrieval.encoder import Embeddings
from sarbench.retrieval.torch_device import import_torch, memory_errors, usable_device
from sarbench.retrieval.whole_model import require_weights, require_words
from sarbench.runs.record import ModelInfo
from sarbench.runs.weights import fingerprint

_TOWERS = {"get_image_features": "image tower", "get_text_features": "text tower"}
"""Method of a model of both towers → what it is."""


@dataclass(frozen=True)
class HuggingFaceEncoder:
    """A loaded model with its processor; see `Encoder`."""

    model: ModelInfo
    key: dict[str, str]
    device: str
    longest: int
    _model: Any
    _processor: Any
    backend: str = "transformers"

    def embed_images(self, images: Sequence[Image.Image]) -> Embeddings:
        """Return [n, d]."""
        inputs = self._processor.image_processor(images=list(images), return_tensors="pt")
        return self._features(self._model.get_image_features, inputs)

    def embed_texts(self, texts: Sequence[str]) -> Embeddings:
        """Return [n, d]."""
        inputs = self._processor.tokenizer(
            list(texts), padding="max_length", truncation=True, max_length=self.longest, return_tensors="pt"
        )
        return self._features(self._model.get_text_features, inputs)

    def tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has."""
        return [len(ids) for ids in self._processor.tokenizer(list(texts), verbose=False)["input_ids"]]

    def _features(self, tower: Any, inputs: Any) -> Embeddings:
        torch = import_torch()
        with memory_errors(torch), torch.inference_mode():
            found = tower(**{name: value.to(self.device) for name, value in inputs.items()})
            # transformers 5 wraps what transformers 4 gave bare.
            tensor = found if isinstance(found, torch.Tensor) else found.pooler_output
            array: Embeddings = tensor.float().cpu().numpy()
        return array


def huggingface_encoder(name: str, *, device: str | None = None) -> HuggingFaceEncoder:
    """Load a model in float32 from a folder, or from the Hub at one commit.

    Raises:
        MissingExtraError: torch or transformers are not installed.
        InputError: There is no such model, it cannot be read, or it lacks a tower, weights or words.
    """
    torch = import_torch()
    try:
        import transformers
    except ImportError as error:
        fix = 'Install it with `pip install "sarbench[eval]"`'
        raise MissingExtraError(where="transformers", problem="is not installed", fix=fix) from error
    place = usable_device(torch, device)
    source, revision = _located(name)
    with _readable(name):
        config = transformers.AutoConfig.from_pretrained(source, revision=revision)
        _check_towers(transformers, torch, config, name)
        processor = transformers.AutoProcessor.from_pretrained(source, revision=revision)
        model, report = transformers.AutoModel.from_pretrained(
            source,
            revision=revision,
            dtype=torch.float32,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # which are then refused by name
        )
    require_weights(name, report)
    for part in ("image_processor", "tokenizer"):
        if not hasattr(processor, part):
            fix = "Save the model's whole processor beside it: processor.save_pretrained(FOLDER)"
            raise InputError(where=name, problem=f"its processor has no {part}", fix=fix)
    require_words(name, processor.tokenizer, config.text_config.vocab_size)
    model.eval().to(place)
    identity = revision or fingerprint(Path(source))
    longest = min(config.text_config.max_position_embeddings, processor.tokenizer.model_max_length)
    return HuggingFaceEncoder(
        model=ModelInfo(
            id="/".join(Path(source).absolute().parts[-2:]) if revision is None else str(source),
            revision=identity,
            parameters=sum(parameter.numel() for parameter in model.parameters()),
            open_weights=True,
        ),
        key={
            "backend": "transformers",
            "weights": identity,
            "class": type(model).__name__,
            "image_processor": f"{type(processor.image_processor).__name__} of transformers {transformers.__version__}",
            "tokens": str(longest),
            "dtype": "float32",
        },
        device=place,
        longest=longest,
        _model=model,
        _processor=processor,
    )


def _located(name: str) -> tuple[str, str | None]:
    """Return a folder and None, or a Hub id and the commit that it stands at."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            fix = "Give the folder that save_pretrained wrote"
            raise InputError(where=folder, problem="is no model: it holds no config.json", fix=fix)
        return str(folder), None
    repo, _, wanted = name.partition("@")
    if name.startswith(("/", ".", "~")) or repo.count("/") > 1:
        raise InputError(where=name, problem="is no model folder: it does not exist", fix="Check --encoder")
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        config = hf_hub_download(repo, "config.json", revision=wanted or None)
    except HFValidationError as error:
        raise InputError(where=name, problem="is neither a folder nor a Hub id", fix="Check --encoder") from error
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        problem = f"is no folder here, and the Hub does not give it ({type(error).__name__})"
        fix = "Check the name; for a gated model log in, without a network give a folder"
        raise InputError(where=name, problem=problem, fix=fix) from error
    return repo, Path(config).parent.name  # snapshots/<commit>/config.json


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Turn whatever a broken model folder makes its readers raise into one error."""
    from safetensors import SafetensorError

    try:
        yield
    except (
        *(OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError, ImportError),
        *(SafetensorError, UnpicklingError, EOFError),
    ) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        fix = "Give a model that transformers reads with AutoModel and AutoProcessor"
        raise InputError(where=name, problem=f"cannot be loaded ({lines[0]})", fix=fix) from error


def _check_towers(transformers: Any, torch: Any, config: Any, name: str) -> None:
    """Look for both towers before any weight is read."""
    with torch.device("meta"):
        model = transformers.AutoModel.from_config(config)
    missing = [tower for tower in _TOWERS if not hasattr(model, tower)]
    if missing or not hasattr(config, "text_config"):
        lacks = " and ".join(_TOWERS[tower] for tower in missing) or "text tower of its own"
        raise InputError(
            where=name,
            problem=f"is a {type(model).__name__}, which has no {lacks}: it puts no texts and images into one space",
            fix="Give a CLIP- or SigLIP-type model; models that answer in words run with `sarbench eval`",
        )
