"""The one `evaluate` metric behind all kinds of question: rows of the schema in, `sarbench.score` out."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import datasets
import evaluate

from sarbench.errors import InputError
from sarbench.questions.kinds import KINDS
from sarbench.runs.pairs import pairs
from sarbench.runs.samples import storable
from sarbench.runs.score import COLUMNS, score, scored_columns
from sarbench.runs.tally import ALWAYS
from sarbench.schema import TEXT_SCHEMA

_INPUTS = """
Args:
    predictions: One text for each reference, as the model wrote it; or a mapping from id to text.
    references: Rows of the sarbench schema: a loaded dataset, or dicts; other columns are ignored, and columns that
        the kind of question does not need may be missing.
    coords: The coordinate convention of boxes in the predictions (see `sarbench.coords`); "pixel" by default.
    protocols: "strict" and "paper" by default; for captions also "coco" and "nltk", which need Java and WordNet.

Returns:
    {"protocol/metric": value}; None where nothing could be scored.
"""

_CITATION = """
@misc{sarbench, title = {sarbench: evaluation of vision-language models on synthetic aperture radar imagery}}
"""


class AnswerMetric(evaluate.Metric):  # type: ignore[misc]
    """Base of the scripts; each names its `kind`."""

    kind: str

    def _info(self) -> Any:
        kind = KINDS[self.kind]  # type: ignore[index]
        numbers = "\n".join(f"    {one.protocol}/{one.name}: {one.summary}" for one in kind.metrics)
        return evaluate.MetricInfo(
            description=f"{kind.summary}\n\n{numbers}\n",
            citation=_CITATION,
            inputs_description=_INPUTS,
            features=datasets.Features({"predictions": datasets.Value("string"), "references": _row_features()}),
        )

    def add_batch(self, *, predictions: Any = None, references: Any = None, **inputs: Any) -> None:
        """Keep answers and, of their rows, what scoring reads; no image is decoded or stored."""
        for name, given in (("predictions", predictions), ("references", references)):
            if isinstance(given, str | Path) or not isinstance(given, Iterable):
                problem = f"got {name} of type {type(given).__name__}"
                raise InputError(where=f"evaluate module {self.kind!r}", problem=problem, fix="Give lists of both")
        rows = list(_scored_columns(references))
        said = list(_texts(self.kind, predictions, rows))
        super().add_batch(predictions=said, references=rows, **inputs)

    def add(self, *, prediction: Any = None, reference: Any = None, **inputs: Any) -> None:
        """Keep one answer and its row."""
        self.add_batch(predictions=[prediction], references=[reference], **inputs)

    def _enforce_nested_string_type(self, schema: Any, obj: Any) -> None:
        """Let rows pass: evaluate refuses null texts and rows that lack a column. Predictions are checked by us."""

    def _compute(
        self,
        predictions: Iterable[str],
        references: Iterable[Mapping[str, Any]],
        coords: str = "pixel",
        protocols: Collection[str] = ALWAYS,
    ) -> dict[str, float | None]:
        rows = ({name: value for name, value in row.items() if value is not None} for row in references)
        table = score(
            task=self.kind, predictions=list(predictions), references=rows, coords=coords, protocols=protocols
        )
        return {f"{protocol}/{name}": value for protocol, found in table.items() for name, value in found.items()}


def _row_features() -> dict[str, Any]:
    """Return the columns that scoring reads, with the types of the schema."""
    features = datasets.Features.from_arrow_schema(TEXT_SCHEMA)
    return {name: features[name] for name in COLUMNS}


def _scored_columns(references: Any) -> Iterable[dict[str, Any]]:
    return ({name: row.get(name) for name in COLUMNS} for row in scored_columns(references))


def _texts(kind: str, predictions: Any, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the answer of each row; a mapping from id to text is one way to give them, as for `sarbench.score`."""
    named = ({**row, "id": row["id"] or f"reference {number}"} for number, row in enumerate(rows))
    for row, text in list(pairs(named, predictions)):  # all of them first: an id may turn out to be unknown
        if text is None:
            where, problem = f"evaluate module {kind!r}", f"got no prediction for {row['id']}"
            raise InputError(where=where, problem=problem, fix="Give one prediction for every reference")
        yield storable(text)
