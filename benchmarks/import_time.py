"""How long `import sarbench` takes, against a bare start of Python.

Claim: no more than half as much again as the bare start, because nothing heavy is imported before it is used.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import sarbench

CLAIM = 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=15, help="starts of each, by turns (default: 15)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        # A `.pth` file of this environment may import sarbench at every start; an empty environment has none.
        venv.create(folder, symlinks=True)
        python = Path(folder) / "bin" / "python"
        rounds = [(seconds(python, "pass"), seconds(python, "import sarbench")) for _ in range(options.repeats)]
    bare, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"bare start of Python    {bare:7.3f} s")
    print(f"import sarbench         {ours:7.3f} s")
    ratio = statistics.median(mine / theirs for theirs, mine in rounds)
    print(f"claim: ratio <= {CLAIM}; measured: {ratio:.2f}")


def seconds(python: Path, code: str) -> float:
    path = os.pathsep.join([str(Path(sarbench.__file__).parents[1]), *filter(None, sys.path)])
    start = time.perf_counter()
    subprocess.run([python, "-c", code], check=True, env={**os.environ, "PYTHONPATH": path})
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
