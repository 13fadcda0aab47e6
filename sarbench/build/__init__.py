"""Rows → a Parquet repository that plain `datasets.load_dataset` reads."""

from sarbench.build.check import CheckResult, SplitCheck, check
from sarbench.build.index import BuiltIndex, FileIndex, SplitIndex, built_split, data_digest, read_index
from sarbench.build.writer import build

__all__ = [
    "BuiltIndex",
    "CheckResult",
    "FileIndex",
    "SplitCheck",
    "SplitIndex",
    "build",
    "built_split",
    "check",
    "data_digest",
    "read_index",
]
