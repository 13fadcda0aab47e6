"""What a row is besides its perturbation: which model, on what, and how it was asked."""

from dataclasses import dataclass

from sarbench.runs.record import Manifest

_PLAIN = frozenset({"sarbench", "none"})
"""The prompt that ranks, and that of retrieval, where nothing is asked."""

_AUTHORS = "authors"


@dataclass(frozen=True, order=True)
class Identity:
    """What a model and its own blind run share: everything about a row but the perturbation."""

    model: str
    revision: str
    coords: str
    backend: str
    generation: tuple[tuple[str, str], ...]
    prompts: tuple[tuple[str, str], ...]
    """Ids and major versions of the prompts."""
    history: str = "none"
    """`gold` where the true earlier turns of a dialogue were told before a question."""

    @property
    def is_plain(self) -> bool:
        """Whether it was asked by sarbench's own prompt, and told nothing."""
        return self.history == "none" and all(name in _PLAIN for name, _ in self.prompts)

    @property
    def by_authors(self) -> bool:
        """Whether it was asked in a dataset's own words, as models that were tuned on it are, and told nothing."""
        names = {name for name, _ in self.prompts} - _PLAIN
        return self.history == "none" and names == {_AUTHORS}

    @property
    def asked(self) -> str:
        """How it was asked, in words."""
        prompts = ", ".join(f"{name} {major}.x" for name, major in self.prompts)
        told = "" if self.history == "none" else f"history {self.history}"
        return ", ".join(part for part in (f"prompt {prompts}" if prompts else "", told) if part)


def identity(manifest: Manifest) -> Identity:
    """Read an identity from a manifest."""
    model, backend = manifest.model, manifest.backend
    return Identity(
        model=model.id,
        revision=model.revision or "",
        coords=manifest.coords,
        backend=backend.name,
        generation=tuple(sorted(backend.generation.items())),
        prompts=tuple(sorted({(task.prompt_id, task.prompt_version.split(".")[0]) for task in manifest.tasks})),
        history=manifest.history,
    )
