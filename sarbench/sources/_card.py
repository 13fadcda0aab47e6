"""What a dataset is, under which terms, and where its files come from: one card per dataset, stated by its module."""

from dataclasses import dataclass

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
