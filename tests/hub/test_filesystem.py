from pathlib import Path

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarbench.build import build
from sarbench.errors import InputError
from sarbench.hub.filesystem import register
from sarbench.hub.stored import Address, parse_address
from tests.hub import sets


@pytest.fixture
def address(everything: Path, tmp_path: Path) -> Address:
    build("fake", data_dir=everything, out=tmp_path / "out", layout="joined")
    register()
    row = sets.everything()[4]
    assert row.image_id is not None
    assert row.image_sha256 is not None
    return Address(str(tmp_path / "out"), "test", row.image_sha256, row.image_id)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(TEXT, TEXT, TEXT)
def test_addresses_come_back(folder: str, split: str, image_id: str) -> None:
    address = Address(folder, split, "ab12", image_id)
    assert parse_address(address.url) == address
    assert not {"::", "*", "?", "["} & set(address.url.removeprefix("sarbench://"))
    assert "::" not in address.url


def test_reading(address: Address) -> None:
    image = sets.everything()[4].image
    assert image is not None
    files, path = fsspec.core.url_to_fs(address.url)
    with fsspec.open(address.url, "rb") as file:
        assert file.read() == image.bytes
    assert files.cat_file(path) == image.bytes
    assert files.cat_file(path, 1, 4) == image.bytes[1:4]
    assert files.info(path)["size"] == files.size(path) == len(image.bytes)
    assert files.exists(path)
    assert files.isfile(path)


def test_what_is_not_there(address: Address) -> None:
    other = Address(address.folder, address.split, "0" * 64, address.image_id)
    files, path = fsspec.core.url_to_fs(other.url)
    assert not files.exists(path)
    with pytest.raises(FileNotFoundError):
        files.info(path)
    with pytest.raises(InputError, match="holds no image"):
        files.cat_file(path)


def test_read_only(address: Address) -> None:
    files, path = fsspec.core.url_to_fs(address.url)
    with pytest.raises(InputError, match="cannot be written"):
        files.open(path, "wb")
