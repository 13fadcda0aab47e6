"""Where the task YAMLs find their rows.

A YAML says `!function sarbench.lmms.data.<dataset>/<config>/<split>`: lmms-eval reads any attribute of a module that
way, and this module makes one up for every path, when it is asked and not when it is imported. Only the files of the
asked split are named, so that `datasets` does not convert the train split of the same config on the way.
"""

from glob import escape

from sarbench import paths


def __getattr__(name: str) -> str:
    """Return the Parquet glob of `<dataset>/<config>/<split>` under `$SARBENCH_HOME`."""
    parts = name.split("/")
    if len(parts) != 3:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    dataset, config, split = parts
    return f"{escape(str(paths.built(dataset) / config / split))}-*.parquet"
