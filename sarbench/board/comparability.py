"""Which rows may stand in one table: the same questions, targets and rules wherever two of them did the same task."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sarbench.board.entries import Entry, Variant


@dataclass(frozen=True)
class Comparison:
    """A table of the board: at most one variant of each task, and the rows that were scored on it."""

    columns: tuple[Variant, ...]
    entries: tuple[Entry, ...]
    reasons: tuple[str, ...]
    """Why it is apart from the other tables; empty where it is the only one."""


@dataclass
class _Draft:
    variants: dict[str, Variant] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def admits(self, variants: Iterable[Variant]) -> bool:
        return all(self.variants.get(variant.task, variant) == variant for variant in variants)

    def add(self, variants: Iterable[Variant]) -> None:
        self.variants.update({variant.task: variant for variant in variants})

    def holds(self, variant: Variant) -> bool:
        return self.variants.get(variant.task) == variant


def comparisons(entries: Sequence[Entry]) -> tuple[Comparison, ...]:
    """Sort rows into as few tables as comparability allows; the largest comes first.

    Models that share no task at all, directly or through others, get tables of their own, since no order could hold
    both. Floors, blind and perturbed runs follow: they stand in every table that has something they were scored on.
    """
    models = sorted(
        (entry for entry in entries if entry.role == "model"), key=lambda entry: (-len(entry.variants), entry.key)
    )
    drafts = [draft for related in _related(models) for draft in _drafts(related)]
    for entry in entries:
        if entry.role != "model":
            _follow(drafts, entry)
    drafts.sort(key=lambda draft: (-len(draft.entries), sorted(draft.variants.values())))
    reasons = [_reasons(draft, [other for other in drafts if other is not draft]) for draft in drafts]
    return tuple(
        Comparison(
            columns=tuple(sorted(draft.variants.values())),
            entries=tuple(entry for entry in entries if _belongs(draft, entry)),
            reasons=why,
        )
        for draft, why in zip(drafts, reasons, strict=True)
    )


def _belongs(draft: _Draft, entry: Entry) -> bool:
    if entry.role == "model":
        return entry in draft.entries
    return any(draft.holds(variant) for variant in entry.variants)


def _related(models: Sequence[Entry]) -> list[list[Entry]]:
    """Part the models into groups linked by shared tasks, whatever their variants."""
    groups: list[tuple[set[str], list[Entry]]] = []
    for model in models:
        tasks = {variant.task for variant in model.variants}
        linked = [group for group in groups if group[0] & tasks]
        groups = [group for group in groups if not group[0] & tasks]
        groups.append(
            (tasks.union(*(group[0] for group in linked)), [*(m for group in linked for m in group[1]), model])
        )
    return [members for _, members in groups]


def _drafts(models: Sequence[Entry]) -> list[_Draft]:
    """Put each model into the first table that has no other variant of any of its tasks."""
    drafts: list[_Draft] = []
    for model in sorted(models, key=lambda entry: (-len(entry.variants), entry.key)):
        draft = next((draft for draft in drafts if draft.admits(model.variants)), None)
        if draft is None:
            draft = _Draft()
            drafts.append(draft)
        draft.add(model.variants)
        draft.entries.append(model)
    return drafts


def _follow(drafts: list[_Draft], entry: Entry) -> None:
    """Make room for what no model was scored on, so that nothing is lost."""
    for variant in sorted(entry.variants):
        if any(draft.holds(variant) for draft in drafts):
            continue
        draft = next((draft for draft in drafts if draft.admits([variant])), None)
        if draft is None:
            draft = _Draft()
            drafts.append(draft)
        draft.add([variant])


def _reasons(draft: _Draft, others: Sequence[_Draft]) -> tuple[str, ...]:
    clashes: dict[str, set[str]] = {}
    for other in others:
        for task, variant in draft.variants.items():
            if not other.admits([variant]):
                clashes.setdefault(_clash(variant, other.variants[task]), set()).add(task)
    if not clashes and others:
        return ("No model here shares a task with a model of another table.",)
    return tuple(f"{why}: {', '.join(sorted(tasks))}." for why, tasks in sorted(clashes.items()))


def _clash(here: Variant, there: Variant) -> str:
    if here.major != there.major:
        return f"Task version {here.major}.x here, {there.major}.x in another table"
    digests = f"{here.digest[:8]} here, {there.digest[:8]} in another table"
    return f"Other questions or targets (data digest {digests})"
