"""The fields of Every Eval Ever 0.3.0, as its `eval_types.py` and `instance_level_types.py` list them.

Stated again from the field lists (github.com/evaleval/every_eval_ever, read in November 2026), so that a file can be
held against them without that package. Objects that take unknown keys there take none here: one would be our slip.
"""

import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, model_validator

Details = dict[str, str]
UUID4 = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
SAMPLES_PATH = rf"^data/[^/]+/[^/]+/[^/]+/{UUID4}_samples\.jsonl$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SourceMetadata(_Strict):
    source_name: str | None = None
    source_type: Literal["documentation", "evaluation_run"]
    source_organization_name: str
    source_organization_url: str | None = None
    evaluator_relationship: Literal["first_party", "third_party", "collaborative", "other"]
    additional_details: Details | None = None


class Library(_Strict):
    name: str
    version: str
    additional_details: Details | None = None


class Engine(_Strict):
    name: str | None = None
    version: str | None = None


class ModelDetails(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, str]
    deployment_type: Literal["self_deployed", "externally_managed", "unknown"]
    model_availability: Literal["open_weights", "closed_weights", "unknown"]


class Model(_Strict):
    name: str
    id: str
    developer: str | None = None
    inference_platform: str | None = None
    inference_engine: Engine | None = None
    additional_details: ModelDetails


class FromUrl(_Strict):
    dataset_name: str
    source_type: Literal["url"]
    url: Annotated[list[str], Field(min_length=1)]
    additional_details: Details | None = None


class FromHub(_Strict):
    dataset_name: str
    source_type: Literal["hf_dataset"]
    hf_repo: str
    hf_split: Literal["train", "val", "test"] | None = None
    samples_number: int | None = None
    sample_ids: list[str] | None = None
    additional_details: Details | None = None


class Elsewhere(_Strict):
    dataset_name: str
    source_type: Literal["other"]
    additional_details: Details | None = None


class Metric(_Strict):
    evaluation_description: str | None = None
    metric_id: str
    metric_name: str
    metric_kind: str | None = None
    metric_unit: str | None = None
    metric_parameters: dict[str, str | float | bool | None] | None = None
    lower_is_better: bool
    score_type: Literal["continuous"]
    min_score: float
    max_score: float | Literal["Infinity"]
    additional_details: Details | None = None


class Interval(_Strict):
    lower: float
    upper: float
    confidence_level: Annotated[float, Field(ge=0, le=1)] | None = None
    method: str | None = None


class Uncertainty(_Strict):
    confidence_interval: Interval | None = None
    standard_deviation: float | None = None
    num_samples: int | None = None
    num_bootstrap_samples: int | None = None


class ScoreDetails(_Strict):
    score: float
    details: Details | None = None
    uncertainty: Uncertainty | None = None


class GenerationArgs(_Strict):
    temperature: float | None = None
    top_p: float | None = None
    top_k: float | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    execution_command: str | None = None
    reasoning: bool | None = None
    prompt_template: str | None = None


class Generation(_Strict):
    generation_args: GenerationArgs | None = None
    additional_details: Details | None = None


class Result(_Strict):
    evaluation_result_id: str
    evaluation_name: str
    source_data: Annotated[FromUrl | FromHub | Elsewhere, Discriminator("source_type")]
    evaluation_timestamp: str | None = None
    metric_config: Metric
    score_details: ScoreDetails
    generation_config: Generation | None = None

    @model_validator(mode="after")
    def inside(self) -> "Result":
        """The datastore refuses a score outside its bounds."""
        high = math.inf if self.metric_config.max_score == "Infinity" else self.metric_config.max_score
        assert self.metric_config.min_score <= self.score_details.score <= high
        return self


class Detailed(_Strict):
    format: Literal["jsonl"]
    file_path: Annotated[str, Field(pattern=SAMPLES_PATH)]
    hash_algorithm: Literal["sha256"]
    checksum: str
    total_rows: Annotated[int, Field(ge=1)]


class Log(_Strict):
    schema_version: Literal["0.3.0"]
    evaluation_id: str
    evaluation_timestamp: str | None = None
    retrieved_timestamp: str
    source_metadata: SourceMetadata
    eval_library: Library
    model_info: Model
    evaluation_results: Annotated[list[Result], Field(min_length=1)]
    detailed_evaluation_results: Detailed | None = None


class Input(_Strict):
    raw: str
    formatted: str | None = None
    reference: list[str]
    choices: list[str] | None = None


class Output(_Strict):
    raw: list[str]


class Attribution(_Strict):
    turn_idx: Annotated[int, Field(ge=0)]
    source: str
    extracted_value: str
    extraction_method: str
    is_terminal: bool


class Evaluation(_Strict):
    score: float
    is_correct: bool


class Sample(_Strict):
    schema_version: Literal["0.3.0"]
    evaluation_id: str
    model_id: str
    evaluation_name: str
    evaluation_result_id: str
    sample_id: str
    sample_hash: str
    interaction_type: Literal["single_turn"]
    input: Input
    output: Output
    messages: None = None
    answer_attribution: list[Attribution]
    evaluation: Evaluation
    error: str | None = None
    metadata: dict[str, str] | None = None

    @model_validator(mode="before")
    @classmethod
    def no_nulls(cls, given: Any) -> Any:
        assert all(value is not None for value in given.values())
        return given
