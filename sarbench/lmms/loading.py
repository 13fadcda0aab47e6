"""A backend of lmms-eval, made from its name and arguments, with whole weights and a client that gives texts."""

import re
from collections.abc import Callable
from typing import Any

from sarbench.lmms.job import Job, Noted
from sarbench.lmms.model_args import model_id, parse_model_args
from sarbench.lmms.replies import mend_replies
from sarbench.lmms.whole_weights import require_numbers, require_whole, whole_weights

_COMPLETED = re.compile(r"peft|lora|adapter|model_base|base_model|projector")
"""Arguments that name files with more weights, which a backend may put in after the model is loaded."""
_OWN = "sarbench_hf"
"""It looks for itself, and can be told that it does not matter."""


def load_backend(job: Job, tell: Callable[[Noted], None]) -> Any:
    """Load the model of a job.

    Args:
        job: It.
        tell: Told of weights that are not in the checkpoint and that may come from other files.

    Raises:
        InputError: Weights are missing, and would be random, or are no numbers.
    """
    from lmms_eval import models

    args = parse_model_args(job.model_args)
    where = model_id(job.model, args)
    defaults = {"batch_size": job.batch_size, "max_batch_size": None, "device": job.device}
    with whole_weights() as lacking:
        backend = models.get_model(job.model).create_from_arg_string(job.model_args, defaults)
    if lacking and any(map(_COMPLETED.search, args)):
        tell(Noted(f"{len(lacking)} weights are not in the checkpoint and must come from its adapters: {lacking[0]} …"))
    elif job.model != _OWN:
        require_whole(lacking, where=where)
    require_numbers(backend, where=where)
    mend_replies(backend)
    return backend
