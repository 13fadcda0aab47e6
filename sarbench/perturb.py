"""What `--perturb SPEC` means: how an image is changed before a model sees it, the same way on every run.

Specs so far: `blank`. A perturbation is a function of the image, the sample's id and its parameters; one that draws
random numbers seeds them with the id, so that batch size, order and resuming change nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PIL import Image

from sarbench.errors import UnknownNameError

BLANK_GRAY = 128
"""Gray value of a blank image, in all three channels.

It is the middle of the 8-bit range, which the usual normalisations (mean 0.5 for SigLIP, 0.41 to 0.48 for CLIP) map
close to zero. It does not depend on the image: the mean of each image would still tell dark sea from bright city.
"""


@dataclass(frozen=True)
class Perturbation:
    """One way of changing images.

    Attributes:
        name: A name of `NAMES`.
        parameters: Its parameters by name, in the order of the spec.
    """

    name: str
    parameters: tuple[tuple[str, float], ...] = ()


def parse_spec(spec: str | None) -> Perturbation | None:
    """Read what `--perturb` was given; None means that images stay as they are.

    Raises:
        UnknownNameError: The spec names no perturbation.

    >>> parse_spec("blank")
    Perturbation(name='blank', parameters=())
    """
    if spec is None:
        return None
    if spec not in _FUNCTIONS:
        fix = f"Use one of: {', '.join(NAMES)}"
        raise UnknownNameError(where=f"--perturb {spec}", problem="is no perturbation that sarbench knows", fix=fix)
    return Perturbation(spec)


def apply(perturbation: Perturbation, image: Image.Image, *, sample_id: str) -> Image.Image:
    """Return the changed image, of the same size; the given one is left alone.

    Args:
        perturbation: What to do, from `parse_spec`.
        image: The image as the model would see it.
        sample_id: The row's `id`, which seeds whatever is random.
    """
    return _FUNCTIONS[perturbation.name](image, sample_id, dict(perturbation.parameters))


def _blank(image: Image.Image, _sample_id: str, _parameters: Mapping[str, float]) -> Image.Image:
    """Leave nothing of an image but its size: what a model still gets right, it knows from the text alone."""
    return Image.new("RGB", image.size, (BLANK_GRAY,) * 3)


_FUNCTIONS: Mapping[str, Callable[[Image.Image, str, Mapping[str, float]], Image.Image]] = {"blank": _blank}

NAMES: tuple[str, ...] = tuple(_FUNCTIONS)
"""The specs that `parse_spec` knows."""
