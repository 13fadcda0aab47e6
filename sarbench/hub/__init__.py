"""Loading datasets: raw, built and streamed."""

from sarbench.hub.load import list_datasets, load_dataset
from sarbench.hub.stored import image_bytes

__all__ = ["image_bytes", "list_datasets", "load_dataset"]
