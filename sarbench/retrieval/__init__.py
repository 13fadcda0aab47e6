"""CLIP-style encoders as runs: image–text retrieval on built captions, recorded query by query.

`sarbench retrieve` embeds every image and every different caption of a built split once, keeps the embeddings on disk,
ranks both ways with `sarbench.metrics.retrieval` and writes a run record like that of any other model.
"""

from sarbench.retrieval.encoder import Encoder
from sarbench.retrieval.opening import open_encoder
from sarbench.retrieval.run import PROTOCOLS, Progress, Retrieval, retrieve
from sarbench.retrieval.tasks import RetrievalTask, select

__all__ = ["PROTOCOLS", "Encoder", "Progress", "Retrieval", "RetrievalTask", "open_encoder", "retrieve", "select"]
