"""Rows → a Parquet repository that plain `datasets.load_dataset` reads."""

from sarbench.build.check import CheckResult, SplitCheck, check
from sarbench.build.images.store import ImageStore, StoredImage
from sarbench.build.index import (
    INDEX_NAME,
    BuiltIndex,
    FileIndex,
    ImagesIndex,
    SplitIndex,
    built_split,
    data_digest,
    read_index,
)
from sarbench.build.writer import build

__all__ = [
    "INDEX_NAME",
    "BuiltIndex",
    "CheckResult",
    "FileIndex",
    "ImageStore",
    "ImagesIndex",
    "SplitCheck",
    "SplitIndex",
    "StoredImage",
    "build",
    "built_split",
    "check",
    "data_digest",
    "read_index",
]
