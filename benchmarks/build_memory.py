"""How much memory `sarbench build` takes for N images and for 4 N images.

Claim: peak memory does not grow with the number of images (ratio at most 1.25, which allows for the annotation file).
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from speckle_set import write_speckle_set

CLAIM = 1.25

CHILD = """
import resource, sys
from pathlib import Path
from sarbench.build import build
build("sardet-100k", data_dir=Path(sys.argv[1]), out=Path(sys.argv[2]))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak * (1 if sys.platform == "darwin" else 1024))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=500, help="N, 512 x 512 chips of speckle (default: 500)")
    options = parser.parse_args()
    peaks = [peak_bytes(images) for images in (options.images, 4 * options.images)]
    for images, peak in zip((options.images, 4 * options.images), peaks, strict=True):
        print(f"{images:6d} images: peak resident memory {peak / 1e6:6.0f} MB")
    print(f"claim: ratio <= {CLAIM}; measured: {peaks[1] / peaks[0]:.2f}")


def peak_bytes(images: int) -> int:
    """Build a dataset of so many images in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        raw, out = Path(folder) / "raw", Path(folder) / "out"
        write_speckle_set(raw, images)
        command = [sys.executable, "-c", CHILD, str(raw), str(out)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    main()
