"""How lmms-eval comes to know `--model sarbench_hf`.

An installed sarbench is found through the entry point `lmms_eval.models`, which names `manifests`; a worker process of
`sarbench eval` calls `register` instead, so that it also works from a source checkout.
"""

from typing import Any

MODEL_ID = "sarbench_hf"
_CLASS = "sarbench.lmms.hf.backend.SarbenchHf"


def manifests() -> list[Any]:
    """Return what lmms-eval's registry wants to know (`models/registry_v2.py` of 0.7.3); loads no model class."""
    from lmms_eval.models.registry_v2 import ModelManifest

    return [ModelManifest(model_id=MODEL_ID, chat_class_path=_CLASS)]


def register() -> None:
    """Make `sarbench_hf` known to the lmms-eval of this process; a second call changes nothing."""
    from lmms_eval.models import MODEL_REGISTRY_V2

    for manifest in manifests():
        MODEL_REGISTRY_V2.register_manifest(manifest, overwrite=True)
