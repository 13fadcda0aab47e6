"""The scores of a run as a table for a page or a paper: value, interval, protocol, number of samples and images."""

import math
import re
from collections.abc import Iterator

from sarbench.runs.record import Score
from sarbench.runs.store import Run

_WHOLE = "all"
_MOST_DECIMALS = 4
_HEADINGS = ("task", "metric", "protocol", "value", "95 % interval", "n", "images")
_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}


def to_markdown(run: Run) -> str:
    """Return the scores over all samples as a Markdown table; headlines are bold, remarks stand below."""
    lines = [_markdown_line(_HEADINGS), "|---|---|---|--:|--:|--:|--:|"]
    for score in shown_scores(run):
        cells = _cells(score)
        lines.append(_markdown_line([f"**{cell}**" for cell in cells] if score.headline else cells))
    said = [re.sub(r"([\\|*_<>`\[\]])", r"\\\1", remark) for remark in remarks(run)]
    return "\n".join([*lines, "", *(f"- {remark}" for remark in said)]) + "\n"


def to_latex(run: Run) -> str:
    r"""Return the scores over all samples as a LaTeX `table` (with `\usepackage{booktabs}`); headlines are bold."""
    rows = []
    for score in shown_scores(run):
        cells = [_latex(cell) for cell in _cells(score)]
        rows.append(" & ".join([rf"\textbf{{{cell}}}" for cell in cells] if score.headline else cells) + r" \\")
    caption = " ".join(_latex(f"{remark}.") for remark in remarks(run))
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            r"\begin{tabular}{lllrrrr}",
            r"\toprule",
            " & ".join(_latex(heading) for heading in _HEADINGS) + r" \\",
            r"\midrule",
            *rows,
            r"\bottomrule",
            r"\end{tabular}",
            rf"\caption{{{caption}}}",
            r"\end{table}",
            "",
        ]
    )


def decimals(low: float | None, high: float | None) -> int:
    """Return how many decimals an estimate deserves: two digits of its interval's width, four at most.

    >>> decimals(0.41, 0.63), decimals(12.0, 55.0), decimals(None, None)
    (2, 0, 4)
    """
    if low is None or high is None or high <= low:
        return _MOST_DECIMALS
    return min(_MOST_DECIMALS, max(0, 1 - math.floor(math.log10(high - low))))


def shown_scores(run: Run) -> Iterator[Score]:
    """Yield the scores over all samples."""
    for task in run.scores.tasks:
        yield from (score for score in task.scores if score.slice == _WHOLE)


def _cells(score: Score) -> list[str]:
    places = decimals(score.low, score.high)
    value = ("unavailable" if score.note else "none") if score.value is None else f"{score.value:.{places}f}"
    interval = ""
    if score.low is not None and score.high is not None:
        interval = f"{score.low:.{places}f} to {score.high:.{places}f}"
    return [score.task, score.metric, score.protocol, value, interval, str(score.n), str(score.clusters)]


def remarks(run: Run) -> Iterator[str]:
    """Yield what a reader must know of the numbers, as sentences without a full stop."""
    manifest = run.manifest
    revision = f" at revision {manifest.model.revision}" if manifest.model.revision else ""
    disturbed = f", perturbed by {manifest.perturbation}" if manifest.perturbation else ""
    earlier = f", earlier turns {manifest.history}" if manifest.history != "none" else ""
    yield f"{manifest.model.id}{revision}, coordinates {manifest.coords}{earlier}{disturbed}, run {manifest.run_id}"
    yield f"Scored by sarbench {run.scores.sarbench_version}; intervals are clustered by image; headlines are bold"
    for prompt in sorted({f"{task.prompt_id} {task.prompt_version}" for task in manifest.tasks}):
        yield f"Prompt {prompt}"
    for task in manifest.tasks:
        if task.simulated:
            yield f"SIMULATED DATA, no benchmark result: {task.task}"
        if task.done < task.samples:
            yield f"PARTIAL, {task.done} of {task.samples} samples: {task.task}"
        if task.failed:
            yield f"{task.failed} answers failed in the harness and count nowhere: {task.task}"


def _markdown_line(cells: tuple[str, ...] | list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _latex(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in text)
