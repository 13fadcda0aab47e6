"""Where the `sarbench` command begins: nothing is imported here that takes time."""

import signal
import sys

_STOPPED = 130
"""Exit code after Ctrl-C."""


def main() -> None:
    """Run the command line; Ctrl-C while it is still being imported ends it as quietly as later on."""
    try:
        from sarbench.cli import main as command
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one shall not break what Python does at its end
        sys.stderr.write("stopped\n")
        sys.exit(_STOPPED)
    command.main()


if __name__ == "__main__":
    main()
