"""Perturbations applied to pictures: 8 bits to intensity, the steps of a chain, and back."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from sarbench.perturb.display import narrowed
from sarbench.perturb.ghost import ghosted
from sarbench.perturb.resolution import block_averaged, multilooked
from sarbench.perturb.spec import Perturbation
from sarbench.perturb.speckle import speckled

BLANK_GRAY = 128
"""Gray value of a blank image, in all three channels.

It is the middle of the 8-bit range, which the usual normalisations (mean 0.5 for SigLIP, 0.41 to 0.48 for CLIP) map
close to zero. It does not depend on the image: the mean of each image would still tell dark sea from bright city.
"""

VERSION = "1"
"""Part of every seed: it changes when the same spec gives other pixels."""

_WHITE = 255.0**2

Array = npt.NDArray[np.float64]


def apply(perturbation: Perturbation, image: Image.Image, *, sample_id: str) -> Image.Image:
    """Return the changed image as RGB, of `changed_size`; the given one is left alone.

    `shuffle` leaves the image alone: another sample's has to be given already (`sarbench.perturb.shuffle`).

    Args:
        perturbation: What to do, from `parse_spec`.
        image: The image as the model would see it, 8-bit.
        sample_id: The row's `id`, which seeds whatever is random.
    """
    intensity = to_intensity(image)
    for place, step in enumerate(perturbation.steps):
        seed = f"sarbench-perturb-{VERSION}/{place}/{step.name}/{sample_id}".encode("utf-8", "surrogatepass")
        intensity = _done(step, intensity, seed)
    return to_image(intensity)


def to_intensity(image: Image.Image) -> Array:
    """Return value² of a picture: float64 [bands, height, width], one band where all three channels are equal."""
    pixels = np.asarray(image.convert("RGB"), dtype=np.float64).transpose(2, 0, 1)
    gray = (pixels == pixels[:1]).all()
    squared: Array = np.square(pixels[:1] if gray else pixels)
    return squared


def to_image(intensity: Array) -> Image.Image:
    """Return the picture of an intensity [bands, height, width]: its root, rounded half to even, clipped at 255."""
    values = np.rint(np.sqrt(np.clip(intensity, 0.0, _WHITE))).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(np.broadcast_to(values, (3, *values.shape[1:])).transpose(1, 2, 0)))


def _done(step: Perturbation, intensity: Array, seed: bytes) -> Array:
    values = dict(step.parameters)
    match step.name:
        case "speckle":
            return speckled(intensity, looks=values["L"], seed=seed)
        case "looks":
            return multilooked(intensity, looks=values["L"])
        case "gsd":
            return block_averaged(intensity, factor=int(values["factor"]))
        case "range":
            return narrowed(intensity, decibels=values["db"], white=_WHITE)
        case "ghost":
            return ghosted(intensity, decibels=values["db"], shift=values["shift"])
        case "blank":  # what a model still gets right, it knows from the text alone
            return np.full_like(intensity[:1], float(BLANK_GRAY) ** 2)
        case _:
            return intensity
