"""What a dataset is, under which terms, and where its files come from: one card per dataset, stated by its module."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sarbench.errors import UnknownNameError
from sarbench.schema import Task, TextOrigin


@dataclass(frozen=True)
class ConfigCard:
    """One config of a dataset.

    Attributes:
        name: The config's name, unique in its dataset.
        task: The task of every row; None where rows of several tasks lie together.
        splits: Every split that the config may have, in the order train, validation, test.
        summary: One sentence without a final full stop.
        text_origin: Whose questions and answers they are when the files are the authors'.
    """

    name: str
    task: Task | None
    splits: tuple[str, ...]
    summary: str
    text_origin: TextOrigin


@dataclass(frozen=True)
class OptionCard:
    """A choice that the user has in reading the files, which changes the rows.

    Attributes:
        name: The option's name, an identifier.
        choices: What it may be.
        default: What it is unless the user says otherwise.
        summary: One sentence without a final full stop.
    """

    name: str
    choices: tuple[str, ...]
    default: str
    summary: str


@dataclass(frozen=True)
class HubRepo:
    """The authors' own dataset repository on the Hub.

    Attributes:
        repo_id: `owner/name`.
        revision: The commit that is read unless the user names another.
    """

    repo_id: str
    revision: str


@dataclass(frozen=True)
class DatasetCard:
    """One dataset.

    Attributes:
        name: The name used in sarbench, e.g. `sardet-100k`.
        title: The authors' name of the dataset.
        summary: One or two sentences.
        licence: The terms as the authors state them, or that they state none.
        may_show_images: Whether a public page may show image chips.
        may_show_texts: Whether a public page may show the authors' texts.
        may_redistribute: Whether the built dataset may be published.
        obtain: Where the user gets the files and how to lay them out, in full sentences.
        released: What the authors have published so far.
        homepage: The authors' page.
        citation: A BibTeX entry.
        configs: Every config that the module can give.
        caveats: What a user must know before drawing conclusions; full sentences.
        options: Choices in reading the files.
        access: Where the files are, in a few words for a table.
        upstream: The image sets that it is made of (`Source.dataset` of its rows); empty where that is told row by row.
        counts: What the authors count, e.g. `texts` → 1,126,277; for orientation, never checked against.
        hub: The authors' repository on the Hub, where they have one.
    """

    name: str
    title: str
    summary: str
    licence: str
    may_show_images: bool
    may_show_texts: bool
    may_redistribute: bool
    obtain: str
    released: str
    homepage: str
    citation: str
    configs: tuple[ConfigCard, ...]
    caveats: tuple[str, ...] = ()
    options: tuple[OptionCard, ...] = ()
    hub: HubRepo | None = None
    access: str = ""
    upstream: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


def check_names(card: DatasetCard, config: str, split: str) -> None:
    """Check that the dataset has such a config, and the config such a split.

    Raises:
        UnknownNameError: It has not; the message lists those it has.
    """
    splits = {known.name: known.splits for known in card.configs}
    if config not in splits:
        fix = f"Choose one of: {', '.join(splits)}"
        raise UnknownNameError(where=config, problem=f"there is no such config of {card.name}", fix=fix)
    if split not in splits[config]:
        fix = f"Choose one of: {', '.join(splits[config])}"
        raise UnknownNameError(where=split, problem=f"there is no such split of {card.name}/{config}", fix=fix)


def check_options(card: DatasetCard, given: Mapping[str, str]) -> dict[str, str]:
    """Return the value of every option of a dataset: the given one or its default.

    Raises:
        UnknownNameError: The dataset has no such option, or the option no such value; the message lists those it has.
    """
    known = {option.name: option for option in card.options}
    for name, value in given.items():
        if name not in known:
            there = f"it has {', '.join(known)}" if known else "it has none"
            problem = f"{card.name} has no option of this name; {there}"
            raise UnknownNameError(where=name, problem=problem, fix="Leave it out, or take one of those there are")
        if value not in known[name].choices:
            problem = f"the option {name} of {card.name} cannot be this"
            raise UnknownNameError(
                where=str(value), problem=problem, fix=f"Choose one of: {', '.join(known[name].choices)}"
            )
    return {name: given.get(name, option.default) for name, option in known.items()}
