import subprocess
import sys


def test_nothing_heavy_before_it_is_used() -> None:
    code = (
        "import sys, sarbench.hub.load as load, sarbench.hub.lookup; load.list_datasets();"
        "print([name for name in ('datasets', 'torch', 'pandas') if name in sys.modules])"
    )
    path = [entry for entry in sys.path if entry]
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {path!r}; {code}"]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() == "[]"
