"""Every planned split → files in the work folder; one that fails is left out and does not stop the others."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sarbench.build import parts
from sarbench.build.folder.staging import Stage
from sarbench.build.images.pool import ImagePool
from sarbench.build.index import BuiltIndex, ImagesIndex, Layout, SplitIndex
from sarbench.build.layout import Look, Survey, choose_layout
from sarbench.build.order import MixtureError, Order, Place, Splits, check_mixture, staying
from sarbench.build.parts import SplitJob
from sarbench.build.plan import Plan
from sarbench.build.split import write_split
from sarbench.errors import InputError
from sarbench.sources import Report


@dataclass
class Made:
    """What a build has written, and what it keeps.

    Attributes:
        splits: Written: config → split → index.
        stays: Kept from the earlier build, lite splits aside.
        reports: `config/split` → what was wrong with its records.
        left_out: `config` or `config/split` → why it could not be given.
        pool: The images of joined configs.
    """

    splits: dict[str, dict[str, SplitIndex]]
    stays: Splits
    reports: dict[str, Report]
    left_out: dict[str, str]
    pool: ImagePool
    upstream: frozenset[str] = frozenset()
    """The image sets that the first rows of the written splits come from."""


def make_all(order: Order, plan: Plan, stage: Stage) -> Made:
    """Write every planned split into the work folder.

    Raises:
        InputError: Not one split gives a row, or what is built cannot lie beside what stays.
        RunError: A worker was killed.
        OSError: A file cannot be written.
    """
    failures = _Failures(dict.fromkeys(plan.in_vain, "there are no files for it"))
    surveys = _survey_all(order, plan, failures)
    if not surveys:
        raise failures.nothing(order)
    stays = staying(stage.earlier, set(surveys))
    simulated = {place: found.simulated for place, found in surveys.items()}
    check_mixture(stage.out, stays, stage.earlier, order, simulated)
    layouts = _layouts(order, surveys, stays, stage)
    pool = ImagePool(stage.out, _kept_images(stage.earlier, stays), stage.parts)
    upstream = frozenset(found.upstream for found in surveys.values() if found.upstream)
    made = Made({}, stays, {}, failures.left_out, pool, upstream)
    for place, found in surveys.items():
        try:
            _make(order, place, found, layouts[place[0]], stage, made)
        except InputError as error:
            failures.add(place, error)
    if not made.splits:
        raise failures.nothing(order)
    made.stays = staying(stage.earlier, {(config, split) for config, splits in made.splits.items() for split in splits})
    _check_stays(made, layouts, stage, order, simulated)
    return made


@dataclass
class _Failures:
    left_out: dict[str, str]
    errors: list[InputError] = field(default_factory=list)

    def add(self, place: Place, error: InputError) -> None:
        self.left_out["/".join(place)] = str(error)
        self.errors.append(error)

    def nothing(self, order: Order) -> InputError:
        """Return the error to raise when there is not one split."""
        if len(self.errors) == 1:
            return self.errors[0]
        reasons = "; ".join(f"{place}: {reason}" for place, reason in self.left_out.items())
        fix = "Run `sarbench check` on it, then mend the files or download them again"
        return InputError(where=order.data_dir, problem=f"gives not one row ({reasons})", fix=fix)


def _survey_all(order: Order, plan: Plan, failures: _Failures) -> dict[Place, Survey]:
    name, measure = order.source.CARD.name, order.layout == "auto"
    looks = [Look(name, order.data_dir, *place, options=order.options, measure=measure) for place in plan.pairs]
    surveys: dict[Place, Survey] = {}
    for place, found in zip(plan.pairs, order.engine.survey(looks), strict=True):
        if isinstance(found, InputError):
            failures.add(place, found)
        else:
            surveys[place] = found
    return surveys


def _layouts(order: Order, surveys: Mapping[Place, Survey], stays: Splits, stage: Stage) -> dict[str, Layout]:
    return {
        config: choose_layout(
            config,
            order.layout,
            kept=stays.get(config, {}),
            sizes=[found.bytes for place, found in surveys.items() if place[0] == config],
            where=stage.out,
        )
        for config in dict.fromkeys(config for config, _ in surveys)
    }


def _kept_images(earlier: BuiltIndex | None, stays: Splits) -> dict[str, ImagesIndex]:
    """Return the stored images of the splits of which a joined config stays."""
    shown = {split for splits in stays.values() for split, built in splits.items() if built.layout == "joined"}
    return {split: stored for split, stored in (earlier.images if earlier else {}).items() if split in shown}


def _make(order: Order, place: Place, found: Survey, layout: Layout, stage: Stage, made: Made) -> None:
    """Write one split and take note of it."""
    config, split = place
    known, digest = made.pool.known(split) if layout == "joined" else (None, "")
    job = SplitJob(
        name=order.source.CARD.name,
        data_dir=order.data_dir,
        config=config,
        split=split,
        options=order.options,
        layout=layout,
        folder=stage.parts / config / f"{split}-{layout}{digest}",
        groups=found.groups,
        part_groups=parts.PART_GROUPS,
        known=known,
    )
    written = write_split(job, found.report, stage.new, run=order.engine.run, progress=order.told(job.place))
    made.splits.setdefault(config, {})[split] = written.index
    made.reports[job.place] = written.report
    if layout == "joined":
        made.pool.add(split, written.images)


def _check_stays(
    made: Made, layouts: Mapping[str, Layout], stage: Stage, order: Order, simulated: Mapping[Place, bool]
) -> None:
    """Look again at what stays, now that splits may have failed that were to be replaced."""
    check_mixture(stage.out, made.stays, stage.earlier, order, simulated)
    for config, splits in made.splits.items():
        for split, built in made.stays.get(config, {}).items():
            if splits and built.layout != layouts[config]:
                reason = made.left_out.get(f"{config}/{split}", "")
                problem = f"holds {config}/{split} in the other layout, and it could not be built again ({reason})"
                fix = f"Mend its files, or build into another folder, or name --layout {built.layout}"
                raise MixtureError(where=stage.out, problem=problem, fix=fix)
