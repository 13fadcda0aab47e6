"""Tiny encoders, made once."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("transformers")
    from tests.retrieval.tiny_encoders import make_tiny_clip

    return make_tiny_clip(tmp_path_factory.mktemp("encoders") / "tiny-clip")


@pytest.fixture(scope="session")
def tiny_siglip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("transformers")
    from tests.retrieval.tiny_encoders import make_tiny_siglip

    return make_tiny_siglip(tmp_path_factory.mktemp("encoders") / "tiny-siglip")
