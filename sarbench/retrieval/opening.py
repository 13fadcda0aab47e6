"""Which encoder a user means."""

from sarbench.errors import UnknownNameError
from sarbench.retrieval.encoder import Encoder

_OPEN_CLIP = "open_clip:"


def open_encoder(name: str, *, device: str | None = None) -> Encoder:
    """Load an encoder.

    Args:
        name: A folder that `save_pretrained` wrote, a Hub id, a Hub id with a revision (`org/model@revision`), or
            `open_clip:ARCH:PRETRAINED` with a tag or a checkpoint file.
        device: A torch device; by default `cuda` where there is one.

    Raises:
        MissingExtraError: torch, transformers or open_clip are not installed.
        InputError: There is no such model, it cannot be read, or it has no image or text tower.
        UnknownNameError: The name has not the form of one.
    """
    if name.startswith(_OPEN_CLIP):
        architecture, _, pretrained = name.removeprefix(_OPEN_CLIP).partition(":")
        if not architecture or not pretrained:
            fix = "Write open_clip:ViT-B-32:openai, or open_clip:ViT-B-32:/path/to/checkpoint.pt"
            raise UnknownNameError(where=f"encoder {name!r}", problem="names no weights", fix=fix)
        from sarbench.retrieval.open_clip_encoder import open_clip_encoder

        return open_clip_encoder(architecture, pretrained, device=device)
    from sarbench.retrieval.huggingface import huggingface_encoder

    return huggingface_encoder(name, device=device)
