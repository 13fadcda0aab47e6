import platform

from sarbench import __version__
from sarbench.runs.environment import hardware, package_versions


def test_only_installed_packages_are_recorded() -> None:
    found = package_versions(("numpy", "surely-not-installed"))
    assert set(found) == {"python", "sarbench", "numpy"}
    assert found["python"] == platform.python_version()
    assert found["sarbench"] == __version__


def test_this_machine_has_a_processor_and_memory() -> None:
    machine = hardware()
    assert machine.cpu
    assert machine.cores >= 1
    assert machine.memory_gib > 0.1
