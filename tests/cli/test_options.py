"""What several commands take in the same form."""

import pytest
from typer.testing import CliRunner

from sarbench.cli.main import app
from sarbench.cli.options import names
from sarbench.errors import UnknownNameError


@pytest.mark.parametrize("given", [[""], [" "], ["a", ""], ["a,"], ["a,,b"]])
def test_an_empty_name_is_not_every_name(given: list[str]) -> None:
    with pytest.raises(UnknownNameError, match=r"the names .* hold an empty one"):
        names(given)


@pytest.mark.parametrize("option", ["--tasks", "--protocols"])
def test_an_empty_option_does_not_score_everything(option: str) -> None:
    found = CliRunner().invoke(app, ["score", "no-such-run", option, ""])
    assert isinstance(found.exception, UnknownNameError)
    assert "the names ''" in str(found.exception)


def test_names_come_apart_at_commas() -> None:
    assert names(["a, b", "c"]) == ("a", "b", "c")
    assert names(None) is names([]) is None
