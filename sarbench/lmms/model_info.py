"""What nobody can measure of a model: its licence, whether its weights are open, what it was trained on.

The user says it with `--model-info FILE`; a licence also stands in the model card beside the weights.
"""

from pathlib import Path
from typing import Annotated

import msgspec
import yaml

from sarbench.errors import InputError
from sarbench.lmms.model_args import model_id
from sarbench.lmms.weights import model_folder_of, weights_revision
from sarbench.runs.record import ModelInfo

_Text = Annotated[str, msgspec.Meta(min_length=1)]
_FIX = (
    'Give a JSON object with some of id, parameters, licence, open_weights and training_sets, e.g. {"licence": "mit"}'
)


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `--model-info` says; None where it says nothing."""

    id: _Text | None = None
    parameters: Annotated[int, msgspec.Meta(gt=0)] | None = None
    licence: _Text | None = None
    open_weights: bool | None = None
    training_sets: tuple[_Text, ...] | None = None

    def given(self) -> dict[str, object]:
        """Return what is said, by the names of `ModelInfo`."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}


def read_told(path: Path) -> Told:
    """Read a file of `--model-info`.

    Raises:
        InputError: There is none, or it is no JSON object with these fields.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Told)
    except OSError as error:
        raise InputError(where=path, problem=f"cannot be read ({error.strerror})", fix="Check --model-info") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            where=path, problem=f"says nothing of a model that is understood ({error})", fix=_FIX
        ) from error


def model_info(backend: str, args: dict[str, str], told: Told) -> ModelInfo:
    """Return what is known of a model before it is loaded; what is told goes before what is found."""
    found = ModelInfo(
        id=model_id(backend, args),
        revision=weights_revision(backend, args) or args.get("revision"),
        licence=card_licence(model_folder_of(backend, args)),
    )
    return found.model_copy(update=told.given())


def taken_up(old: ModelInfo, fresh: ModelInfo, told: Told) -> tuple[ModelInfo, list[str]]:
    """Return what an earlier session knew with what is told now, and a note on every word that was taken back."""
    found = {"licence": fresh.licence} if old.licence is None else {}
    new = old.model_copy(update={**found, **told.given()})
    pairs = {name: (getattr(old, name), getattr(new, name)) for name in told.given()}
    notes = [
        f"model info: {name} {then} → {current}"
        for name, (then, current) in pairs.items()
        if then not in (None, ()) and then != current
    ]
    return new, notes


def card_licence(folder: Path | None) -> str | None:
    """Return the licence in the YAML head of a model folder's `README.md`, as the Hub spells it."""
    try:
        text = (folder / "README.md").read_text(encoding="utf-8") if folder else ""
        parts = text.split("---", 2)
        head = yaml.safe_load(parts[1]) if text.startswith("---") and len(parts) == 3 else None
    except (OSError, ValueError, yaml.YAMLError):
        return None
    if not isinstance(head, dict):
        return None
    licence = head.get("license_name") if head.get("license") == "other" else None
    licence = licence or head.get("license")
    return licence if isinstance(licence, str) else None
