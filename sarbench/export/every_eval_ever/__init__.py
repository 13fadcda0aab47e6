"""Every Eval Ever: one JSON file a run with all its numbers, and beside it one line a sample where that may be shown.

Schema 0.3.0 of github.com/evaleval/every_eval_ever (`eval_types.py`, `instance_level_types.py`), and the rules of its
datastore on paths and names (`data/<collection>/<developer>/<model>/<uuid>.json`).
"""

from sarbench.export.every_eval_ever.folder import write_every_eval_ever

__all__ = ["write_every_eval_ever"]
