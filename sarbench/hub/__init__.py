"""Loading datasets: raw, built and streamed."""

from sarbench.hub.load import list_datasets, load_dataset

__all__ = ["list_datasets", "load_dataset"]
