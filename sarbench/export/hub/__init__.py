"""A folder for the Hugging Face Hub: results for the model's page, and the run record as a dataset."""

from sarbench.export.hub.folder import write_hub_folder

__all__ = ["write_hub_folder"]
