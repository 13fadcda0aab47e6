"""Every prompt, by id and version: the only place where a prompt is written.

`sarbench` (the default) is zero-shot: the authors' question without its task tag, any box in it rewritten into the
run's coordinate convention, then a sentence that states the answer form. `sarbench-2` to `sarbench-4` say the same in
other words, to show how much a score hangs on the wording. `authors` sends the question as models that were tuned on
the set know it.
"""

from sarbench.prompts.history import HISTORIES
from sarbench.prompts.messages import to_messages
from sarbench.prompts.prompt import PARAPHRASES, PROMPT_IDS, PROMPT_VERSION, Prompt, PromptId, render

__all__ = ["HISTORIES", "PARAPHRASES", "PROMPT_IDS", "PROMPT_VERSION", "Prompt", "PromptId", "render", "to_messages"]
