import pickle

import pytest

from sarbench.errors import InputError, MissingExtraError, RunError, SarbenchError, UnknownNameError


@pytest.mark.parametrize("kind", [InputError, MissingExtraError, RunError, UnknownNameError])
def test_errors_cross_process_borders_whole(kind: type[SarbenchError]) -> None:
    error = pickle.loads(pickle.dumps(kind(where="a", problem="b", fix="c")))
    assert type(error) is kind
    assert (error.where, error.problem, error.fix, str(error)) == ("a", "b", "c", "a: b. c.")


def test_no_place_no_colon() -> None:
    assert str(SarbenchError(problem="b", fix="c")) == "b. c."


def test_wrong_names_are_wrong_usage_and_the_rest_wrong_input() -> None:
    assert UnknownNameError.exit_code == 2
    assert {InputError.exit_code, MissingExtraError.exit_code, RunError.exit_code} == {1}
