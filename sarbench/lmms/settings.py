"""The settings of a run that lmms-eval has no place for; they travel to the hooks in the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from sarbench import coords
from sarbench.errors import UnknownNameError
from sarbench.perturb import parse_spec
from sarbench.prompts import PROMPT_IDS


@dataclass(frozen=True)
class Settings:
    """One prompt, one coordinate convention and at most one perturbation for a whole run."""

    prompt: str = "sarbench"
    coords: str = "pixel"
    perturbation: str | None = None

    def __post_init__(self) -> None:
        """Refuse names that do not exist, before any model is loaded."""
        if self.prompt not in PROMPT_IDS:
            raise UnknownNameError(
                where=f"prompt {self.prompt!r}", problem="does not exist", fix=f"Use {' or '.join(PROMPT_IDS)}"
            )
        coords.parse_convention(self.coords)
        parse_spec(self.perturbation)

    def to_environment(self) -> dict[str, str]:
        """Return the environment variables that `from_environment` reads back."""
        return {
            "SARBENCH_PROMPT": self.prompt,
            "SARBENCH_COORDS": self.coords,
            "SARBENCH_PERTURB": self.perturbation or "",
        }


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of this process: `SARBENCH_PROMPT`, `SARBENCH_COORDS` and `SARBENCH_PERTURB`."""
    environment = os.environ if environment is None else environment
    return Settings(
        prompt=environment.get("SARBENCH_PROMPT") or "sarbench",
        coords=environment.get("SARBENCH_COORDS") or "pixel",
        perturbation=environment.get("SARBENCH_PERTURB") or None,
    )
