"""`README.md` and `croissant.json` of a built folder: the configs for `datasets`, and the dataset card for people."""

from collections.abc import Mapping
from pathlib import Path

from sarbench.build.index import IMAGES, BuiltIndex
from sarbench.build.pages.croissant import render_croissant
from sarbench.build.pages.extent import Extent, read_extent
from sarbench.build.pages.fingerprint import fingerprints
from sarbench.build.pages.front_matter import Value, front_matter
from sarbench.build.pages.licence import hub_licence
from sarbench.files import write_text
from sarbench.sources import DatasetCard
from sarbench.sources._known_issues import known_issues

_CATEGORIES = {
    "caption": "image-to-text",
    "retrieval": "image-to-text",
    "grounding": "object-detection",
    "referring": "object-detection",
    "classification": "image-classification",
}
"""Task → task category of the Hub; every other task is visual question answering."""

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))

_SIMULATED = """> **Simulated data.** Every image and text was made by `sarbench.simulate` in the layout of {title}.
> No number measured on it says anything about {title}; what follows describes the real dataset."""

_JOINED = """Each image of {joined} is stored once, in the config `images`; the rows name it by `image_id` and
`image_sha256`. `sarbench.load_dataset(..., data_dir=<this folder>)` gives rows with their images. Without sarbench:

```python
texts = datasets.load_dataset("<this folder or repository>", "{config}", split="{split}")
images = datasets.load_dataset("<this folder or repository>", "images", split="{split}")
place = {{key: row for row, key in enumerate(zip(images["image_id"], images["image_sha256"]))}}
image = images[place[texts[0]["image_id"], texts[0]["image_sha256"]]]["image"]
```"""


def write_card(folder: Path, card: DatasetCard, index: BuiltIndex, *, hashes: Mapping[str, str] | None = None) -> None:
    """Write `README.md` and `croissant.json` of a folder whose data files are in place.

    Args:
        folder: The built folder.
        card: What the dataset is.
        index: What was built of it.
        hashes: Path → SHA-256 of the data files, for `croissant.json`.
    """
    extent = read_extent(folder, index)
    write_text(folder / "README.md", render_card(card, index, extent, builds=fingerprints(folder, index)))
    write_croissant(folder, card, index, extent, hashes=hashes)


def write_croissant(
    folder: Path, card: DatasetCard, index: BuiltIndex, extent: Extent, *, hashes: Mapping[str, str] | None = None
) -> None:
    """Write `croissant.json`."""
    write_text(folder / "croissant.json", render_croissant(card, index, extent, hashes=hashes))


def render_card(
    card: DatasetCard, index: BuiltIndex, extent: Extent | None = None, *, builds: Mapping[str, str] | None = None
) -> str:
    """Render the dataset card: YAML front matter, then Markdown.

    Args:
        card: What the dataset is.
        index: What was built of it.
        extent: What its rows say together, where that was read.
        builds: Config → what tells this build of it from others (`fingerprints`), where that was made.
    """
    parts = [
        front_matter(_fields(card, index, builds or {})),
        f"# {_title(card, index)}",
        *([_SIMULATED.format(title=card.title)] if index.simulated else []),
        card.summary,
        "## What is here",
        _table(card, index),
        *(
            [_list([f"`{place}` was left out: {reason}" for place, reason in index.left_out.items()])]
            * bool(index.left_out)
        ),
        _usage(index),
        *_joined(index),
        *_lite(index),
        f"## Licence\n\n{card.licence}",
        f"## Where the files come from\n\n{card.obtain}\n\nReleased by the authors: {card.released}",
        _provenance(card, index, extent or Extent()),
        *([f"## Before drawing conclusions\n\n{_list(list(card.caveats))}"] if card.caveats else []),
        *_issues(card),
        f"## Citation\n\n```bibtex\n{card.citation}\n```",
    ]
    return "\n\n".join(parts) + "\n"


def _fields(card: DatasetCard, index: BuiltIndex, builds: Mapping[str, str]) -> dict[str, Value]:
    tasks = {config.name: config.task or "vqa" for config in card.configs}
    categories = {_CATEGORIES.get(tasks.get(name, "vqa"), "visual-question-answering") for name in index.configs}
    return {
        "pretty_name": _title(card, index),
        **hub_licence(card, index),
        "language": ["en"],
        "size_categories": [_size(index)],
        "task_categories": sorted(categories),
        "tags": ["SAR", "synthetic aperture radar", "remote sensing", "sarbench", *["simulated"] * index.simulated],
        "configs": _configs(index, builds),
    }


def _configs(index: BuiltIndex, builds: Mapping[str, str]) -> list[Value]:
    """List the configs for `datasets`; the first one is what it loads when none is named, and is never `images`.

    The description names the build: `datasets` makes it a part of the key of its cache.
    """
    folders = {**{name: tuple(splits) for name, splits in index.configs.items()}}
    if index.images:
        folders[IMAGES] = tuple(index.images)
    configs: list[Value] = []
    for number, (name, splits) in enumerate(folders.items()):
        files: list[Value] = [{"split": split, "path": f"{name}/{split}-*.parquet"} for split in splits]
        default: dict[str, Value] = {"default": True} if number == 0 else {}
        build: dict[str, Value] = {"description": f"build {builds[name]}"} if name in builds else {}
        configs.append({"config_name": name, **default, **build, "data_files": files})
    return configs


def _size(index: BuiltIndex) -> str:
    rows = sum(built.rows for splits in index.configs.values() for built in splits.values() if built.lite_of is None)
    return next((name for limit, name in _SIZES if rows < limit), "1M<n<10M")


def _title(card: DatasetCard, index: BuiltIndex) -> str:
    return f"{card.title} (simulated)" if index.simulated else card.title


def _table(card: DatasetCard, index: BuiltIndex) -> str:
    summaries = {config.name: config.summary for config in card.configs}
    lines = ["| config | split | rows | images | MB | what |", "|---|---|---:|---:|---:|---|"]
    for name, splits in index.configs.items():
        for split, built in splits.items():
            what = f"A choice from `{built.lite_of}`" if built.lite_of else summaries.get(name, "").replace("|", "\\|")
            size = f"{built.bytes / 1e6:,.1f}"
            lines.append(f"| `{name}` | {split} | {built.rows:,} | {built.images:,} | {size} | {what} |")
    for split, images in index.images.items():
        size = f"{images.bytes / 1e6:,.1f}"
        lines.append(f"| `{IMAGES}` | {split} | {images.rows:,} | {images.rows:,} | {size} | Each image once |")
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
bottom edges exclusive. `record` holds the authors' own record as JSON. `text_origin` and `task_origin` say whose words
and whose labels they are."""


def _joined(index: BuiltIndex) -> list[str]:
    joined = {
        name: next(iter(splits))
        for name, splits in index.configs.items()
        if any(built.layout == "joined" for built in splits.values())
    }
    if not joined:
        return []
    config, split = next(iter(joined.items()))
    names = ", ".join(f"`{name}`" for name in joined)
    return [f"## Images apart from texts\n\n{_JOINED.format(joined=names, config=config, split=split)}"]


def _lite(index: BuiltIndex) -> list[str]:
    chosen = [
        f"`{name}` ({split}): {built.rows:,} rows of `{built.lite_of}`, ids hashed to `{built.lite_digest}`"
        for name, splits in index.configs.items()
        for split, built in splits.items()
        if built.lite_of
    ]
    if not chosen:
        return []
    what = "Rows chosen by the hash of their id within each stratum, the same on every machine; they are unchanged."
    return [f"## Lite configs\n\n{what}\n\n{_list(chosen)}"]


def _provenance(card: DatasetCard, index: BuiltIndex, extent: Extent) -> str:
    lines = [
        f"Built by sarbench {index.sarbench_version} from the authors' files, schema version {index.schema_version}.",
        f"The authors' page: <{card.homepage}>.",
    ]
    if card.hub is not None:
        lines.append(
            f"Unless another revision or a folder is named, sarbench reads `{card.hub.repo_id}` on the Hub at commit "
            f"`{card.hub.revision}`."
        )
    lines += [f"Option `{name}`: `{choice}`." for name, choice in index.options.items()]
    lines += list(index.notes)
    lines += [f"Rows whose image is from {name}: {rows:,}." for name, rows in sorted(extent.upstream.items())]
    if extent.box is not None:
        south, west, north, east = extent.box
        lines.append(f"Known places lie between {south:.2f}° and {north:.2f}° north, {west:.2f}° and {east:.2f}° east.")
    return f"## Provenance\n\n{_list(lines)}"


def _issues(card: DatasetCard) -> list[str]:
    lines = []
    for issue in known_issues(card.name):
        concerned = f" (configs {', '.join(issue.configs)})" if issue.configs else ""
        lines.append(f"{issue.statement}{concerned} Source: {issue.source}; {issue.since}.")
    return [f"## Known issues\n\n{_list(lines)}"] if lines else []


def _list(items: list[str]) -> str:
    return "\n".join(f"- {item}" for item in items)
