"""The authors' files → a folder of Parquet files that plain `datasets.load_dataset` reads."""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from sarbench import sources
from sarbench._version import __version__
from sarbench.build import parts
from sarbench.build.engines import local as engines
from sarbench.build.engines.local import EngineName
from sarbench.build.folder.commit import commit, link_or_copy
from sarbench.build.folder.inputs_key import FILES_CODE, inputs_key
from sarbench.build.folder.staging import Stage, staging
from sarbench.build.index import IMAGES, BuiltIndex, FileIndex, ImagesIndex, SplitIndex, write_index
from sarbench.build.layout import LayoutChoice
from sarbench.build.lite.writer import LITE_SPLIT, write_lite
from sarbench.build.making import Made, make_all
from sarbench.build.order import Order, Progress, Splits
from sarbench.build.pages.card import write_card
from sarbench.build.plan import make_plan
from sarbench.build.quality import QUALITY_NAME, write_quality
from sarbench.errors import InputError
from sarbench.schema import LITE_SUFFIX, SCHEMA_VERSION
from sarbench.sources import check_options
from sarbench.sources.download.manifest import origin


def build(
    name: str,
    *,
    data_dir: Path,
    out: Path,
    configs: Sequence[str] | None = None,
    splits: Sequence[str] | None = None,
    options: Mapping[str, str] | None = None,
    layout: LayoutChoice = "auto",
    lite: int | None = None,
    workers: int = 1,
    engine: EngineName = "local",
    progress: Progress | None = None,
) -> BuiltIndex:
    """Build a dataset: Parquet files, `README.md`, `quality.json` and `sarbench.json`.

    Memory stays flat however many images there are. Two builds of the same files are equal byte by byte, whatever the
    number of workers. Building again replaces what it gives and leaves every other config and split of `out` as it is.
    A build that dies changes nothing, and the next one of the same files goes on with the parts that it had finished;
    an interrupt (Ctrl-C) leaves none.

    Images of joined configs that nobody shows any more are dropped when all joined configs of their split are built
    again together; else they stay.

    Args:
        name: The dataset, e.g. `sardet-100k`.
        data_dir: The authors' files.
        out: The folder to build in: a new one, an empty one, or one with an earlier build of the same dataset.
        configs: Config names or beginnings of them. Default: all that the files give.
        splits: Split names. Default: all that the files give.
        options: Choices in reading the files, as the dataset's card lists them. Default: the card's.
        layout: `flat`: the image in every row; `joined`: images once per split, beside the rows; `auto`: for each
            config as its splits that stay, else flat up to 4 GB of image bytes counted in every row.
        lite: Also write `<config>-lite` of every config whose test split is built: so many rows for each (task,
            subtask), or all where there are fewer. Default: none, and a lite twin that is out of date is dropped.
        workers: Processes that write, or Ray actors. More than one needs the `if __name__ == "__main__":` that
            `multiprocessing` asks for.
        engine: `local`, or `ray` for Ray Data, whose nodes must share the file system.
        progress: Called with `config/split` and the number of rows written since the last call.

    Returns:
        The index of everything in `out`; its `left_out` says what was asked for and could not be given.

    Raises:
        UnknownNameError: There is no such dataset, config, split or option.
        InputError: The files give not one row, `out` cannot be used or written, or it keeps splits that were built in
            another layout, with other options, or from simulated files.
        MissingExtraError: Ray is not installed.
        RunError: A worker was killed.
    """
    source = sources.get(name)
    chosen = check_options(source.CARD, options or {})
    _check_number("workers", workers)
    _check_number("lite", lite)
    plan = make_plan(source, data_dir, configs, splits)
    runner = engines.engine(engine, workers=workers)
    key = inputs_key(source, data_dir, code=FILES_CODE, options=chosen, more=[str(parts.PART_GROUPS)])
    try:
        with staging(out, name, data_dir, key=key) as stage:
            with runner as works:
                order = Order(source, data_dir.absolute(), chosen, layout, lite, works, progress)
                made = make_all(order, plan, stage)
            return _finish(order, made, stage)
    except OSError as error:
        fix = "Make room on the disk or mend its permissions, then build again: finished parts are kept"
        raise InputError(where=out, problem=f"cannot be built ({error})", fix=fix) from error


def _check_number(name: str, number: int | None) -> None:
    if number is not None and number < 1:
        raise InputError(where=f"--{name}", problem=f"is {number}", fix="Give a number from 1")


def _finish(order: Order, made: Made, stage: Stage) -> BuiltIndex:
    """Put everything that the folder is to hold together in the work folder, then switch."""
    index = _index(order, made, stage)
    for config in made.splits:
        for split in index.configs[config].keys() - made.splits[config].keys():
            _keep(stage, index.configs[config][split].files)
    index, changed = _with_images(index, made, stage)
    changed |= set(made.splits)
    for folder in {*index.configs, *([IMAGES] * bool(index.images))} - changed:
        _show(stage.out / folder, stage.new / folder)
    index, lite, dropped = _with_lite(index, order, made, stage)
    write_index(stage.new, index)
    if (stage.out / QUALITY_NAME).is_file():
        shutil.copy2(stage.out / QUALITY_NAME, stage.new / QUALITY_NAME)
    write_quality(stage.new, index, made.reports)
    write_card(stage.new, order.source.CARD, index)
    had_images = bool(stage.earlier and stage.earlier.images)
    gone = {*dropped, *([IMAGES] * (had_images and not index.images))}
    commit(stage.out, index, changed=changed | lite, dropped=gone)
    return index


def _index(order: Order, made: Made, stage: Stage) -> BuiltIndex:
    """Put new splits and those that stay into one index, in the order of the card; images and lite splits follow."""
    configs: dict[str, dict[str, SplitIndex]] = {}
    for config in dict.fromkeys((*(known.name for known in order.source.CARD.configs), *made.stays)):
        both = {**made.stays.get(config, {}), **made.splits.get(config, {})}
        known = next((card.splits for card in order.source.CARD.configs if card.name == config), ())
        if both:
            configs[config] = {split: both[split] for split in dict.fromkeys((*known, *both)) if split in both}
    fetched = origin(order.data_dir)
    notes = [f"The last build read {fetched.repo_id} at commit {fetched.revision}."] if fetched else []
    if foreign := made.upstream - set(order.source.CARD.upstream) if order.source.CARD.upstream else None:
        notes.append(
            f"The last build read images of {', '.join(sorted(foreign))}, not of {order.source.CARD.upstream[0]}: what "
            "is said here of counts, terms and origin is not about them."
        )
    return BuiltIndex(
        schema_version=SCHEMA_VERSION,
        sarbench_version=__version__,
        name=order.source.CARD.name,
        simulated=_any_simulated(made.splits),
        configs=configs,
        options=dict(order.options),
        left_out=_left_out(made, stage),
        notes=tuple(notes),
    )


def _left_out(made: Made, stage: Stage) -> dict[str, str]:
    """Return what could not be given, and what was dropped because it was damaged and is not built again."""
    dropped = stage.earlier.left_out if stage.earlier else {}
    return {place: why for place, why in dropped.items() if place not in made.reports} | made.left_out


def _any_simulated(splits: Splits) -> bool:
    return any(built.simulated for by_split in splits.values() for built in by_split.values())


def _with_images(index: BuiltIndex, made: Made, stage: Stage) -> tuple[BuiltIndex, set[str]]:
    """Put the images of joined configs in place; return the index with them, and `images` if that folder is new."""
    before: Mapping[str, ImagesIndex] = stage.earlier.images if stage.earlier else {}
    shown = _joined(index.configs)
    written, stays = _joined(made.splits), _joined(made.stays)
    images = {
        split: made.pool.place(split, stage.new, also=before.get(split) if split in stays else None)
        if split in written
        else before[split]
        for split in shown
    }
    if not written and images == before:
        return index.model_copy(update={"images": images}), set()
    for split in images.keys() - written:
        _keep(stage, (*images[split].files, images[split].offsets))
    return index.model_copy(update={"images": images}), {IMAGES} if images else set()


def _joined(configs: Splits) -> dict[str, None]:
    """Return the splits of joined configs, in order."""
    return dict.fromkeys(
        split for splits in configs.values() for split, built in splits.items() if built.layout == "joined"
    )


def _with_lite(index: BuiltIndex, order: Order, made: Made, stage: Stage) -> tuple[BuiltIndex, set[str], set[str]]:
    """Write lite splits; return the index with them, the lite configs that are new, and those that must go."""
    write_index(stage.new, index)  # the images of joined configs are found through it
    before = stage.earlier.configs if stage.earlier else {}
    configs: dict[str, Mapping[str, SplitIndex]] = {}
    new, notes = set(), []
    for config, splits in index.configs.items():
        configs[config] = splits
        lite = f"{config}{LITE_SUFFIX}"
        fresh = made.splits.get(config, {}).get(LITE_SPLIT)
        if fresh and order.lite:
            scratch = stage.parts / lite
            configs[lite] = {LITE_SPLIT: write_lite(stage.new, config, fresh, order.lite, scratch)}
            new.add(lite)
        elif before.get(lite):
            earlier = before.get(config, {}).get(LITE_SPLIT)
            if fresh is None or (earlier and earlier.data_digest == fresh.data_digest):
                configs[lite] = before[lite]
            else:
                notes.append(f"{lite} was dropped: it was chosen from an earlier {config}/{LITE_SPLIT}.")
    dropped = {config for config, splits in before.items() if _is_lite(splits)} - configs.keys()
    for lite in configs.keys() - index.configs.keys() - new:
        _show(stage.out / lite, stage.new / lite)
    return index.model_copy(update={"configs": configs, "notes": (*index.notes, *notes)}), new, dropped


def _is_lite(splits: Mapping[str, SplitIndex]) -> bool:
    return any(built.lite_of is not None for built in splits.values())


def _keep(stage: Stage, files: Sequence[FileIndex]) -> None:
    """Put files that stay as they are beside the new ones of their folder."""
    for file in files:
        target = stage.new / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        link_or_copy(stage.out / file.path, target)


def _show(source: Path, target: Path) -> None:
    """Let a folder that stays as it is be seen in the work folder, for whoever reads the new build as a whole."""
    try:
        os.symlink(source, target, target_is_directory=True)  # noqa: PTH211 - the two read in this order
    except OSError:
        target.mkdir()
        for path in source.iterdir():
            link_or_copy(path, target / path.name)
