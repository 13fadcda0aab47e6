"""A folder for the Hugging Face Hub: results for the model's page, and the run record as a dataset."""

from sarbench.export.hub.folder import write_hub_folder
from sarbench.export.hub.results import not_on_the_hub

__all__ = ["not_on_the_hub", "write_hub_folder"]
