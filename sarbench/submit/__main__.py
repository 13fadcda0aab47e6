"""`python -m sarbench.submit LOGS --out RUN`: the run of a plain lmms-eval run, for one's own use."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sarbench.errors import SarbenchError
from sarbench.submit.lmms_logs import run_of_logs


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the run that the command line asks for."""
    about = "Write the run record of a plain lmms-eval run; `sarbench submit LOGS` puts one on the leaderboard."
    parser = argparse.ArgumentParser(prog="python -m sarbench.submit", description=about)
    parser.add_argument("logs", type=Path, help="what --output_path named; lmms-eval needs --log_samples")
    parser.add_argument("--out", type=Path, required=True, help="the run's folder, which does not exist yet")
    asked = parser.parse_args(arguments)
    try:
        print(run_of_logs(asked.logs, asked.out))
    except SarbenchError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
