"""Building the data that tasks ask, where it is not built and the authors' files can be had without the user.

That is so where sarbench fetches them itself, or where they lie in `$SARBENCH_HOME/downloads/<name>`. Whole configs are
built, since floors and calibration want their other splits. A build that is stopped changes nothing, and the next one
of the same files goes on with what it had finished.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from sarbench import paths
from sarbench.build import INDEX_NAME, BuiltIndex, build, read_index
from sarbench.build.lite.writer import LITE_SPLIT
from sarbench.catalogue import TaskSpec
from sarbench.errors import InputError
from sarbench.hub.at_hand import downloads, files_at_hand
from sarbench.schema import LITE_SUFFIX
from sarbench.task_data import LITE_ROWS, build_command, is_missing

Say = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """One build that is needed."""

    dataset: str
    configs: tuple[str, ...]
    splits: tuple[str, ...] | None
    """None: all that the files give."""
    lite: int | None


def build_missing(specs: Sequence[TaskSpec], *, say: Say = lambda text: tqdm.write(text, file=sys.stderr)) -> None:
    """Build what tasks ask and what is not built; bars on the standard error show how far it is.

    A config of which there are splits, but not the one that is asked, is left as it is: that was somebody's choice.

    Args:
        specs: The tasks.
        say: Told what is built, from what, and what of it could not be given.

    Raises:
        InputError: The files of a task must be given by the user, cannot be fetched, or are of no use. What was built
            before stays.
    """
    orders = orders_for(specs)
    files = [_files(order) for order in orders]  # what only the user can give is said before an hour of building
    for order, folder in zip(orders, files, strict=True):
        _build(order, folder, say)


def orders_for(specs: Sequence[TaskSpec]) -> list[Order]:
    """Return the builds that tasks need whose rows are not built."""
    missing = [spec for spec in specs if is_missing(spec)]
    lite = {(spec.dataset, _whole(spec)) for spec in missing if _is_lite(spec)}
    grouped: dict[tuple[str, bool, bool], dict[str, None]] = {}
    for spec in missing:
        config, index = _whole(spec), _index(spec.dataset)
        built = index.configs.get(config, {}) if index else {}
        if built and not (_is_lite(spec) and LITE_SPLIT in built):
            continue
        grouped.setdefault((spec.dataset, bool(built), (spec.dataset, config) in lite), {})[config] = None
    return [
        Order(dataset, tuple(configs), (LITE_SPLIT,) if built else None, LITE_ROWS if with_lite else None)
        for (dataset, built, with_lite), configs in grouped.items()
    ]


def _files(order: Order) -> Path:
    """Return the authors' files for a build; fetch them where that can be done."""
    index = _index(order.dataset)
    command = build_command(order.dataset, order.configs, lite=order.lite)
    try:
        found = files_at_hand(order.dataset, order.configs, options=index.options if index else {})
    except InputError as error:
        fix = f"{error.fix}. Or build it from files of yours: `{command}`"
        raise InputError(where=error.where, problem=error.problem, fix=fix) from error
    if found is None:
        problem = f"{', '.join(order.configs)} of {order.dataset} is not built, and sarbench cannot fetch the files"
        fix = f"Build it: `{command}`; or put the files into {downloads(order.dataset)} and run this again"
        raise InputError(where=paths.built(order.dataset), problem=problem, fix=fix)
    return found


def _build(order: Order, files: Path, say: Say) -> None:
    index = _index(order.dataset)
    lite = f", with lite splits of {order.lite:,} rows a score" if order.lite else ""
    say(f"Not built yet: {', '.join(order.configs)} of {order.dataset}{lite}. Building from {files}")
    with tqdm(desc="building", unit="row") as bar:
        made = build(
            order.dataset,
            data_dir=files,
            out=paths.built(order.dataset),
            configs=order.configs,
            splits=order.splits,
            options=index.options if index else None,
            lite=order.lite,
            progress=lambda _, rows: bar.update(rows) and None,
        )
    for place, reason in made.left_out.items():
        say(f"Left out {place}: {reason}")


def _index(dataset: str) -> BuiltIndex | None:
    folder = paths.built(dataset)
    return read_index(folder) if (folder / INDEX_NAME).is_file() else None


def _is_lite(spec: TaskSpec) -> bool:
    return spec.config.endswith(LITE_SUFFIX)


def _whole(spec: TaskSpec) -> str:
    return spec.config.removesuffix(LITE_SUFFIX)
