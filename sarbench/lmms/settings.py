"""The settings of a run that lmms-eval has no place for; they travel to the hooks in the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from sarbench import coords
from sarbench.errors import UnknownNameError
from sarbench.perturb import parse_spec
from sarbench.prompts import HISTORIES, PROMPT_IDS


@dataclass(frozen=True)
class Settings:
    """One prompt, one coordinate convention, one history and at most one perturbation for a whole run."""

    prompt: str = "sarbench"
    coords: str = "pixel"
    perturbation: str | None = None
    history: str = "none"

    def __post_init__(self) -> None:
        """Refuse names that do not exist, before any model is loaded."""
        if self.prompt not in PROMPT_IDS:
            raise UnknownNameError(
                where=f"prompt {self.prompt!r}",
                problem="does not exist",
                fix=f"Use {', '.join(PROMPT_IDS)}; `sarbench eval` also takes all",
            )
        if self.history not in HISTORIES:
            raise UnknownNameError(
                where=f"history {self.history!r}", problem="does not exist", fix=f"Use {' or '.join(HISTORIES)}"
            )
        coords.parse_convention(self.coords)
        perturbation = parse_spec(self.perturbation)
        if perturbation is not None:  # resuming and the board compare spellings
            object.__setattr__(self, "perturbation", perturbation.spec)

    def to_environment(self) -> dict[str, str]:
        """Return the environment variables that `from_environment` reads back."""
        return {
            "SARBENCH_PROMPT": self.prompt,
            "SARBENCH_COORDS": self.coords,
            "SARBENCH_PERTURB": self.perturbation or "",
            "SARBENCH_HISTORY": self.history,
        }


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of this process: `SARBENCH_PROMPT`, `_COORDS`, `_PERTURB`, `_HISTORY`."""
    environment = os.environ if environment is None else environment
    return Settings(
        prompt=environment.get("SARBENCH_PROMPT") or "sarbench",
        coords=environment.get("SARBENCH_COORDS") or "pixel",
        perturbation=environment.get("SARBENCH_PERTURB") or None,
        history=environment.get("SARBENCH_HISTORY") or "none",
    )
