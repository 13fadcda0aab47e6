"""What `--perturb SPEC` means: how an image is changed before a model sees it, the same way on every run.

A spec is a name with parameters, `speckle:L=1`, or several joined by `+`, done from left to right:
`speckle:L=4+gsd:factor=2`. What is left out has a standard value.

| spec | what it does |
|---|---|
| `speckle:L=1` | multiplies intensity by speckle of L looks (`sarbench.perturb.speckle`) |
| `looks:L=4` | averages L looks of intensity on the same pixel grid (`sarbench.perturb.resolution`) |
| `gsd:factor=2` | averages blocks of intensity: fewer, coarser pixels; boxes follow (`sarbench.perturb.frame`) |
| `range:db=12` | a display that holds so many decibels (`sarbench.perturb.display`) |
| `ghost:db=10,shift=0.25` | azimuth ambiguities: weak displaced copies (`sarbench.perturb.ghost`) |
| `blank` | no image: one gray value, the same for all |
| `shuffle` | the image of another sample of the task (`sarbench.perturb.shuffle`) |

**Physics of 8-bit chips.** Speckle, looks, pixel size and ambiguities are facts of intensity. An 8-bit chip is a
picture of it, and which one is not known. Assumed here: pixel value ∝ amplitude, intensity = value². That is right for
chips which were scaled linearly from amplitude. For chips that show decibels (those that sarbench made of float or
16-bit images are such, see `sarbench.imaging.display`) or were brightened by a gamma, what is done to an image is the
same for every model and grows with the severity, but its numbers are not those of a sensor. Clipping is not undone:
targets at 255 are darker than they were. A chip already has speckle of L₀ looks; after `speckle:L=…` it has L′ with
1 + 1/L′ = (1 + 1/L₀)(1 + 1/L). All channels of a picture get the same speckle, so that a gray chip stays gray; that
channels of a polarisation composite have speckle of their own is not shown.

**Numbers.** A chain works on float64 intensity and rounds to 8 bits once, at its end, where values above 255 are
clipped. Whatever is random comes from SHAKE-256 of the sample's id and the step, not from a library's generator:
neither order, batch size nor machine changes a bit of it.
"""

from sarbench.perturb.frame import changed_row, changed_size
from sarbench.perturb.image import BLANK_GRAY, apply
from sarbench.perturb.levels import LEVELS
from sarbench.perturb.spec import NAMES, Perturbation, parse_spec

__all__ = [
    "BLANK_GRAY",
    "LEVELS",
    "NAMES",
    "Perturbation",
    "apply",
    "changed_row",
    "changed_size",
    "parse_spec",
]
