"""An LLM as a judge: a separate, resumable pass over the answers of a run that rules leave undecided."""
