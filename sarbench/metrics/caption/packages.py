"""Optional Python packages that a protocol is defined by, imported when the protocol is used."""

import importlib
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sarbench.metrics.unavailable import UnavailableError


def needed(module: str, *, package: str) -> Any:
    """Import a module of an optional package.

    Args:
        module: Full name of the module.
        package: Name under which pip knows the package.

    Raises:
        UnavailableError: The package is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise _missing(package, error) from error


def needed_version(package: str) -> str:
    """Return the version of an optional package, for signatures.

    Args:
        package: Name under which pip knows the package.

    Raises:
        UnavailableError: The package is not installed.
    """
    try:
        return version(package)
    except PackageNotFoundError as error:
        raise _missing(package, error) from error


def _missing(package: str, error: ImportError) -> UnavailableError:
    return UnavailableError(
        where=package,
        problem=f"the package is not installed ({error}), and caption protocol `nltk` is defined by it",
        fix=f"Run `pip install {package}` or score with protocol `strict`",
    )
