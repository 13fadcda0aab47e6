"""A judge's pass over a run: from its samples to its verdicts and a report of agreement."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sarbench._version import __version__
from sarbench.catalogue import TaskSpec
from sarbench.errors import InputError, RunError
from sarbench.files import locked, write_text
from sarbench.judge.agreement import Agreement, choose_decided, compare
from sarbench.judge.answers import Answered, TaskAnswers, may_be_judged, read_answers
from sarbench.judge.asking import LEFT, Replies, Settings, ask_all
from sarbench.judge.cache import Cache
from sarbench.judge.prompt import Question
from sarbench.metrics.vqa.undecided import bounds
from sarbench.runs.environment import now
from sarbench.runs.judged import WITHOUT
from sarbench.runs.replies import read_reply
from sarbench.runs.store import load_manifest
from sarbench.runs.verdicts import (
    JudgeInfo,
    TaskVerdicts,
    VerdictsFile,
    load_file,
    load_lines,
    save_file,
    save_lines,
)

Progress = Callable[[int], Callable[[], object]]
"""Takes how many questions may be put, and gives what is called for each of them."""


@dataclass(frozen=True)
class JudgePass:
    """What came of a pass."""

    tasks: tuple[TaskVerdicts, ...]
    kept: tuple[str, ...]
    """Tasks whose earlier verdicts of another judge stay, because this pass stopped before its end."""
    unique: int
    """Different questions among all answers."""
    sent: int
    """Questions that were put to the server; the other replies come from the cache."""
    failed: int
    """Questions that were put and got no reply."""
    stopped: str | None
    """Why the pass stopped early."""
    agreement: Agreement | None

    @property
    def unread(self) -> tuple[str, ...]:
        """Tasks where so many replies are neither yes nor no that no judged number is given."""
        return tuple(task.task for task in self.tasks if task.unparsable > WITHOUT * task.undecided)


def judge_run(
    folder: Path,
    specs: Sequence[TaskSpec],
    settings: Settings,
    *,
    cache: Path,
    agreement: int = 0,
    progress: Progress = lambda number: lambda: None,
) -> JudgePass:
    """Judge what the rules leave undecided, and write it into the run's folder.

    Args:
        folder: The run.
        specs: Tasks of the run; those without such questions are passed over.
        settings: Whom to ask, and how; its prompt says under which protocol.
        cache: File of replies; it is made where there is none.
        agreement: How many answers that the rules decide are put to the judge too.
        progress: Tells of requests.

    Raises:
        InputError: The run, its tasks or the cache cannot be used, or another pass is writing.
        RunError: The samples are broken, or the server gave no reply at all.
    """
    protocol = settings.prompt.protocol
    runs = {run.task: run for run in load_manifest(folder).tasks}
    fitting = [spec for spec in specs if may_be_judged(spec, protocol)]
    if not fitting:
        fix = "Name tasks with short open answers, such as VQA, or another --prompt"
        raise InputError(where=folder, problem=f"no task leaves an answer to a judge under {protocol}", fix=fix)
    earlier = load_file(folder)
    (folder / "verdicts").mkdir(exist_ok=True)
    with locked(folder / "verdicts", problem="another pass of a judge is writing there"):
        tasks = [read_answers(folder, spec, runs[spec.name], protocol) for spec in fitting]
        chosen = choose_decided([answer for task in tasks for answer in task.answers], agreement)
        open_ = [answer for task in tasks for answer in task.undecided]
        questions = list(dict.fromkeys(answer.question for answer in (*open_, *chosen)))
        replies = _asked(questions, settings, cache, progress)
        judge = _judge(settings, replies)
        made, kept = _write(folder, tasks, judge, replies, settings, earlier)
        compared = None
        if chosen and judge is not None:
            compared = _compared(chosen, replies, judge, settings)
            write_text(folder / "verdicts" / f"agreement-{protocol}.json", compared.to_json())
            write_text(folder / "verdicts" / f"disagreements-{protocol}.csv", compared.to_csv())
    return JudgePass(made, kept, len(questions), replies.sent, len(replies.failures), replies.stopped, compared)


def _asked(questions: Sequence[Question], settings: Settings, path: Path, progress: Progress) -> Replies:
    cache = Cache(path)
    try:
        replies = ask_all(questions, settings, cache, progress=progress(len(questions)))
    finally:
        cache.close()
    if questions and not replies.texts and replies.failures:
        reason = replies.stopped or next(iter(replies.failures.values()))
        fix = "Check --base-url, --judge-model and --api-key-env, then run it again; nothing was written"
        raise RunError(where=settings.endpoint.base_url, problem=f"gave no verdict: {reason}", fix=fix)
    return replies


def _judge(settings: Settings, replies: Replies) -> JudgeInfo | None:
    """Say who judged; None where no server ever replied, because there was nothing to ask."""
    if replies.model is None:
        return None
    return JudgeInfo(
        model=replies.model,
        requested=settings.endpoint.model,
        base_url=settings.endpoint.base_url,
        prompt_id=settings.prompt.id,
        prompt_version=settings.prompt.version,
        prompt_sha256=settings.prompt.sha256,
        sampling=settings.sampling_text,
    )


def _write(
    folder: Path,
    tasks: Sequence[TaskAnswers],
    judge: JudgeInfo | None,
    replies: Replies,
    settings: Settings,
    earlier: VerdictsFile,
) -> tuple[tuple[TaskVerdicts, ...], tuple[str, ...]]:
    """Write the verdicts of every task in place of earlier ones under the same protocol."""
    if judge is None:
        return (), ()
    protocol = settings.prompt.protocol
    before = {found.task: found for found in earlier.tasks if found.protocol == protocol}
    made: list[TaskVerdicts] = []
    kept: list[str] = []
    for task in tasks:
        name = task.spec.name
        if replies.stopped and name in before and not before[name].judge.is_same_as(judge):
            kept.append(name)
            continue
        lines = [_line(answer, judge, replies, settings) for answer in task.undecided]
        others = [line for line in load_lines(folder, name) if line["protocol"] != protocol]
        save_lines(folder, name, [*others, *lines])
        made.append(_summary(task, judge, settings, lines))
    fresh = {found.task for found in made}
    still = [found for found in earlier.tasks if found.protocol != protocol or found.task not in fresh]
    everything = sorted((*still, *made), key=lambda found: (found.task, found.protocol))
    save_file(folder, VerdictsFile(sarbench_version=__version__, tasks=tuple(everything)))
    return tuple(made), tuple(kept)


def _line(answer: Answered, judge: JudgeInfo, replies: Replies, settings: Settings) -> dict[str, Any]:
    reply = replies.texts.get(answer.question)
    verdict = None if reply is None else read_reply(reply, settings.prompt.form)
    if reply is None:
        why: str | None = replies.failures.get(answer.question, LEFT)
    else:
        why = "unparsable" if verdict is None else None
    return {
        "id": answer.id,
        "protocol": settings.prompt.protocol,
        "sample_sha256": answer.sample_sha256,
        "prediction_sha256": answer.prediction_sha256,
        "verdict": verdict,
        "reply": reply,
        "why": why,
        "model": judge.model,
        "prompt_sha256": judge.prompt_sha256,
        "key": replies.keys.get(answer.question),
    }


def _summary(
    task: TaskAnswers, judge: JudgeInfo, settings: Settings, lines: Sequence[Mapping[str, Any]]
) -> TaskVerdicts:
    verdicts = [line["verdict"] for line in lines]
    merged = [answer.rule for answer in task.answers if answer.rule is not None] + verdicts
    between = bounds(merged) if merged else None
    unjudged = sum(line["reply"] is None for line in lines)
    return TaskVerdicts(
        task=task.spec.name,
        protocol=settings.prompt.protocol,
        judge=judge,
        questions=task.questions,
        answers=len(merged),
        right_by_rule=sum(answer.rule is True for answer in task.answers),
        undecided=len(lines),
        right=verdicts.count(True),
        wrong=verdicts.count(False),
        unparsable=verdicts.count(None) - unjudged,
        unjudged=unjudged,
        accuracy_low=None if between is None else between.accuracy_low,
        accuracy_high=None if between is None else between.accuracy_high,
        written=now(),
    )


def _compared(chosen: Sequence[Answered], replies: Replies, judge: JudgeInfo, settings: Settings) -> Agreement:
    said = [replies.texts.get(answer.question) for answer in chosen]
    verdicts = [None if reply is None else read_reply(reply, settings.prompt.form) for reply in said]
    return compare(chosen, verdicts, said, judge=judge)
