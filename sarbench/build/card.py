"""`README.md` of a built folder: the configs for `datasets`, and the dataset card for people."""

from pathlib import Path

from sarbench.build.front_matter import Value, front_matter, slug
from sarbench.build.index import BuiltIndex
from sarbench.files import write_text
from sarbench.sources import DatasetCard

_LICENCES = frozenset({"cc0-1.0", *(f"cc-by{terms}-4.0" for terms in ("", "-nc", "-sa", "-nd", "-nc-sa", "-nc-nd"))})
"""Licence names of the Hub that a card's licence may be equal to; anything else is `other`."""

_CATEGORIES = {
    "caption": "image-to-text",
    "grounding": "object-detection",
    "referring": "object-detection",
    "classification": "image-classification",
}
"""Task → task category of the Hub; every other task is visual question answering."""

_SIMULATED = """> **Simulated data.** Every image and text was made by `sarbench.simulate` in the layout of {title}.
> No number measured on it says anything about {title}; what follows describes the real dataset."""


def write_card(folder: Path, card: DatasetCard, index: BuiltIndex) -> None:
    """Write `README.md`."""
    write_text(folder / "README.md", render_card(card, index))


def render_card(card: DatasetCard, index: BuiltIndex) -> str:
    """Render the dataset card: YAML front matter, then Markdown.

    Args:
        card: What the dataset is.
        index: What was built of it.
    """
    parts = [
        front_matter(_fields(card, index)),
        f"# {_title(card, index)}",
        *([_SIMULATED.format(title=card.title)] if index.simulated else []),
        card.summary,
        f"Built by sarbench {index.sarbench_version} from the authors' files, schema version {index.schema_version}. "
        f"The authors' page: <{card.homepage}>.",
        "## What is here",
        _table(card, index),
        *(
            [_list([f"`{place}` was left out: {reason}" for place, reason in index.left_out.items()])]
            * bool(index.left_out)
        ),
        _usage(index),
        f"## Licence\n\n{card.licence}",
        f"## Where the files come from\n\n{card.obtain}\n\nReleased by the authors: {card.released}",
        *([f"## Before drawing conclusions\n\n{_list(list(card.caveats))}"] if card.caveats else []),
        f"## Citation\n\n```bibtex\n{card.citation}\n```",
    ]
    return "\n\n".join(parts) + "\n"


def _fields(card: DatasetCard, index: BuiltIndex) -> dict[str, Value]:
    tasks = {config.name: config.task or "vqa" for config in card.configs}
    categories = {_CATEGORIES.get(tasks.get(name, "vqa"), "visual-question-answering") for name in index.configs}
    configs: list[Value] = []
    for number, (name, splits) in enumerate(index.configs.items()):
        files: list[Value] = [{"split": split, "path": f"{name}/{split}-*.parquet"} for split in splits]
        default: dict[str, Value] = {"default": True} if number == 0 else {}
        configs.append({"config_name": name, **default, "data_files": files})
    return {
        "pretty_name": _title(card, index),
        **_licence(card, index),
        "task_categories": sorted(categories),
        "tags": ["SAR", "synthetic aperture radar", "remote sensing", "sarbench", *["simulated"] * index.simulated],
        "configs": configs,
    }


def _licence(card: DatasetCard, index: BuiltIndex) -> dict[str, Value]:
    if index.simulated:
        return {"license": "apache-2.0"}  # made by sarbench, under its terms
    name = slug(card.licence)
    if name in _LICENCES:
        return {"license": name}
    return {"license": "other", "license_name": name, "license_link": card.homepage}


def _title(card: DatasetCard, index: BuiltIndex) -> str:
    return f"{card.title} (simulated)" if index.simulated else card.title


def _table(card: DatasetCard, index: BuiltIndex) -> str:
    summaries = {config.name: config.summary for config in card.configs}
    lines = ["| config | split | rows | images | MB | what |", "|---|---|---:|---:|---:|---|"]
    for name, splits in index.configs.items():
        for split, built in splits.items():
            size = f"{built.bytes / 1e6:,.1f}"
            what = summaries.get(name, "").replace("|", "\\|")
            lines.append(f"| `{name}` | {split} | {built.rows:,} | {built.images:,} | {size} | {what} |")
    skipped = sum(sum(built.problems.values()) for splits in index.configs.values() for built in splits.values())
    note = f"\n\nProblems met in the authors' files: {skipped:,}; `quality.json` lists them." if skipped else ""
    return "\n".join(lines) + note


def _usage(index: BuiltIndex) -> str:
    config, splits = next(iter(index.configs.items()))
    return f"""```python
import datasets

rows = datasets.load_dataset("<this folder or repository>", "{config}", split="{next(iter(splits))}")
```

Every row is one question about one image, or one text about it. Boxes are xyxy in pixels of the native image, right and
bottom edges exclusive. `record` holds the authors' own record as JSON."""


def _list(items: list[str]) -> str:
    return "\n".join(f"- {item}" for item in items)
