"""Running the command line as a user does."""

import os
import subprocess
import sys
from pathlib import Path


def run(
    *arguments: str | Path, home: Path | None = None, stdin: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `sarbench` in a process of its own, with `SARBENCH_HOME` at `home`."""
    env = {**os.environ, "COLUMNS": "200", **environment}
    if home is not None:
        env["SARBENCH_HOME"] = str(home)
    return subprocess.run(
        [sys.executable, "-c", "from sarbench.cli.main import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        input=stdin,
        env=env,
        check=False,
    )
