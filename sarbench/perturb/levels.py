"""The standard severities: what a robustness curve is measured at."""

from collections.abc import Mapping

LEVELS: Mapping[str, tuple[str, ...]] = {
    "speckle": ("speckle:L=8", "speckle:L=4", "speckle:L=2", "speckle:L=1"),
    "looks": ("looks:L=4", "looks:L=9", "looks:L=16", "looks:L=25"),
    "gsd": ("gsd:factor=2", "gsd:factor=3", "gsd:factor=4", "gsd:factor=8"),
    "range": ("range:db=24", "range:db=18", "range:db=12", "range:db=6"),
    "ghost": (
        "ghost:db=20,shift=0.25",
        "ghost:db=13,shift=0.25",
        "ghost:db=6,shift=0.25",
        "ghost:db=3,shift=0.25",
    ),
    "blank": ("blank",),
    "shuffle": ("shuffle",),
}
"""Name → specs from mild to strong, as `Perturbation.spec` writes them; severity 0 is the image as it is.

They are sarbench's own choice. Speckle ends at one look, which is what a single-look product has; pixel sizes at an
eighth, where a 512-pixel chip has 64; the display at 6 dB, half of the amplitude range; ambiguities of products are
some 20 dB below the scene, so the last ones are stronger than a product should have.
"""
