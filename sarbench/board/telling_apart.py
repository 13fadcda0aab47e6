"""What tells the rows of one model apart: said in the row, and only where there is more than one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from sarbench.board.entries import Entry
from sarbench.board.identity import Identity


def telling_apart(rows: Sequence[Entry]) -> list[Entry]:
    """Say of every row how it was asked, where that is not the plain way, and how it differs from its likes.

    Settings of the identity are named wherever the rows of one model differ in them. Rows that still look alike name
    what else differs: coordinates, number format and arguments of the backend, and at last which run they are and when
    it began.
    """
    asked: dict[str, list[Identity]] = {}
    for row in rows:
        asked.setdefault(row.model.id, []).append(row.identity)
    shown = [replace(row, asked_shown=_settings(row.identity, asked[row.model.id])) for row in rows]
    for naming in (_coords, _backend, _run):
        shown = _where_alike(shown, naming)
    return shown


def _settings(mine: Identity, all_of_model: Sequence[Identity]) -> str:
    plain = {other.asked for other in all_of_model if other.is_plain}
    prompt = [mine.asked] if len(plain) > 1 or not mine.is_plain else []
    shared = set.intersection(*(set(other.generation) for other in all_of_model))
    varied = sorted({name for other in all_of_model for name, _ in set(other.generation) - shared})
    settings = dict(mine.generation)
    named = [*prompt, *(f"{name} {settings.get(name, 'not set')}" for name in varied)]
    if len({other.backend for other in all_of_model}) > 1:
        named.append(f"backend {mine.backend}")
    if len({other.revision for other in all_of_model}) > 1:
        named.append(f"revision {mine.revision[:7] or 'unknown'}")
    return ", ".join(named)


def _where_alike(rows: Sequence[Entry], naming: Callable[[Sequence[Entry]], list[str]]) -> list[Entry]:
    """Let the rows that look alike say one more thing, unless all of them would say the same."""
    groups: dict[tuple[str, str | None, str], list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault((row.model.id, row.perturbation, row.asked_shown), []).append(place)
    made = list(rows)
    for places in groups.values():
        names = naming([rows[place] for place in places])
        if len(set(names)) > 1:
            for place, name in zip(places, names, strict=True):
                said = ", ".join(part for part in (rows[place].asked_shown, name) if part)
                made[place] = replace(rows[place], asked_shown=said)
    return made


def _coords(group: Sequence[Entry]) -> list[str]:
    return [f"boxes in {row.coords}" for row in group]


def _backend(group: Sequence[Entry]) -> list[str]:
    """Name the arguments of the backend in which the first runs of a group differ."""
    held = [_arguments(row) for row in group]
    names = sorted({name for each in held for name in each})
    varied = [name for name in names if len({each.get(name) for each in held}) > 1]
    return [", ".join(f"{name} {each.get(name) or 'not set'}" for name in varied) for each in held]


def _arguments(row: Entry) -> dict[str, str | None]:
    backend = row.runs[0].manifest.backend
    # Where the weights lay says nothing of the model, and may be long.
    return {"dtype": backend.dtype} | {name: value for name, value in backend.args.items() if name != "pretrained"}


def _run(group: Sequence[Entry]) -> list[str]:
    """Name the first run of a row, and when it began: the day, or the minute where days are equal.

    Rows that begin with parts of one run are named by all that they hold.
    """
    first = [row.runs[0].manifest for row in group]
    times = Counter(manifest.run_id for manifest in first)
    length = 10 if len({manifest.started[:10] for manifest in first}) == len(first) else 16
    return [
        f"run {manifest.run_id if times[manifest.run_id] == 1 else row.key}, "
        f"begun {manifest.started[:length].replace('T', ' ')}"
        for row, manifest in zip(group, first, strict=True)
    ]
