"""What the package offers."""

from sarbench import stats


def test_every_public_name_exists() -> None:
    assert all(getattr(stats, name) is not None for name in stats.__all__)
    assert len(set(stats.__all__)) == len(stats.__all__)
