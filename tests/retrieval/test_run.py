"""Runs of an encoder that needs no torch: the record, its numbers, stopping and going on."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sarbench.errors import InputError, RunError, UnknownNameError
from sarbench.hub.lookup import images_by_id, rows
from sarbench.questions.retrieval import CUTS, METRICS, is_retrieval
from sarbench.retrieval import Retrieval, RetrievalTask, cache, retrieve
from sarbench.retrieval.scoring import score_queries
from sarbench.runs.record import SAMPLES, Manifest
from sarbench.runs.store import load_run, read_lines
from tests.retrieval.fake_encoder import FakeEncoder


def _asked(task: RetrievalTask, folder: Path, encoder: FakeEncoder | None = None) -> Retrieval:
    return Retrieval(encoder=encoder or FakeEncoder(), tasks=[task], out=folder / "run", cache=folder / "cache")


def test_the_record_is_one_of_a_model(hrsid: RetrievalTask, tmp_path: Path) -> None:
    manifest = retrieve(_asked(hrsid, tmp_path))
    run = load_run(tmp_path / "run")
    assert run.manifest == manifest == Manifest.model_validate_json(manifest.model_dump_json())
    (task,) = manifest.tasks
    assert is_retrieval(task.task)
    assert (task.samples, task.done, task.failed, task.simulated) == (24, 24, 0, True)
    assert task.data_digest == hrsid.digest
    samples = run.samples(task.task)
    assert samples.schema.equals(SAMPLES)
    built = list(rows(hrsid.folder, hrsid.config, hrsid.split, columns=("id", "sample_sha256")))
    assert samples.select(["id", "sample_sha256"]).to_pylist() == built


def test_every_metric_is_given_and_mean_recall_is_the_headline(hrsid: RetrievalTask, tmp_path: Path) -> None:
    retrieve(_asked(hrsid, tmp_path))
    (task,) = load_run(tmp_path / "run").scores.tasks
    assert [(score.metric, score.protocol) for score in task.scores] == [(one.name, one.protocol) for one in METRICS]
    assert [(score.metric, score.protocol) for score in task.scores if score.headline] == [("mean_recall", "strict")]
    for score in task.scores:
        assert score.value is not None
        if score.unit == "fraction":
            assert score.low is not None
            assert score.high is not None
            assert 0 <= score.low <= score.value <= score.high <= 1
            assert score.clusters == 12


def test_embeddings_that_were_changed_on_disk_change_no_number(hrsid: RetrievalTask, tmp_path: Path) -> None:
    first = retrieve(_asked(hrsid, tmp_path))
    scores = load_run(tmp_path / "run").scores
    for path in tmp_path.glob("cache/*/images-*/*.npy"):
        with path.open("rb") as file:
            vectors = np.load(file)
        with path.open("wb") as file:
            np.save(file, np.roll(vectors, 1, axis=0))
    again = retrieve(_asked(hrsid, tmp_path))
    assert load_run(tmp_path / "run").scores == scores
    told = f"{hrsid.name}: 1 of 1 stored chunks of images were not as they had been written: computed again"
    assert [note for note in again.notes if note not in first.notes] == [told]


def _brute_force(task: RetrievalTask) -> dict[tuple[str, str], float]:
    """Recalls from the whole matrix in float64; embeddings of the fake do not tie but for equal captions."""
    import io

    from PIL import Image

    read = list(rows(task.folder, task.config, task.split, columns=("image_id", "answers")))
    ids = list(dict.fromkeys(row["image_id"] for row in read))
    stored = images_by_id(task.folder, task.config, task.split, ids)
    encoder = FakeEncoder()
    images = encoder.embed_images([Image.open(io.BytesIO(stored[one])).convert("RGB") for one in ids]).astype(float)
    texts = encoder.embed_texts([row["answers"][0] for row in read]).astype(float)
    images /= np.linalg.norm(images, axis=1, keepdims=True)
    texts /= np.linalg.norm(texts, axis=1, keepdims=True)
    own = np.array([[row["image_id"] == one for row in read] for one in ids])
    same = np.array([[a["answers"] == b["answers"] for a in read] for b in read])
    found: dict[tuple[str, str], float] = {}
    for protocol, right in (("paper", own), ("strict", (own.astype(int) @ same.astype(int)) > 0)):
        for name, table, relevant in (("i2t", images @ texts.T, right), ("t2i", texts @ images.T, right.T)):
            order = np.argsort(-np.round(table, 12), axis=1, kind="stable")
            first = np.take_along_axis(relevant, order, axis=1).argmax(axis=1)
            for k in CUTS:
                found[f"{name}_r@{k}", protocol] = float((first < k).mean())
        six = [found[f"{name}_r@{k}", protocol] for name in ("i2t", "t2i") for k in CUTS]
        found["mean_recall", protocol] = float(np.mean(six))
    return found


def test_recalls_are_those_of_the_whole_matrix(hrsid: RetrievalTask, tmp_path: Path) -> None:
    retrieve(_asked(hrsid, tmp_path))
    (task,) = load_run(tmp_path / "run").scores.tasks
    given = {(score.metric, score.protocol): score.value for score in task.scores}
    expected = _brute_force(hrsid)
    # Equal captions tie: under `strict` all of them are right, so that no order of theirs matters for text queries.
    for key, value in expected.items():
        if key[0].startswith("t2i") or key[1] == "paper":
            assert given[key] == pytest.approx(value), key
    assert given["mean_recall", "strict"] >= given["mean_recall", "paper"]
    assert len({given[key] for key in expected}) > 3


def test_recorded_queries_give_the_same_numbers_again(hrsid: RetrievalTask, tmp_path: Path) -> None:
    retrieve(_asked(hrsid, tmp_path))
    run = load_run(tmp_path / "run")
    (task,) = run.scores.tasks
    assert score_queries(task.task, read_lines(run.folder, task.task)) == task


def test_only_the_protocols_that_are_asked_for(hrsid: RetrievalTask, tmp_path: Path) -> None:
    retrieve(replace(_asked(hrsid, tmp_path), protocols=["paper"]))
    (task,) = load_run(tmp_path / "run").scores.tasks
    assert {score.protocol for score in task.scores} == {"paper"}
    with pytest.raises(UnknownNameError, match=r"'coco': is none of retrieval\. Use strict or paper"):
        retrieve(replace(_asked(hrsid, tmp_path), protocols=["coco"]))


def test_a_stopped_run_goes_on_where_it_was(
    hrsid: RetrievalTask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "CHUNK", 4)
    stopped = FakeEncoder(dies_after=9)
    with pytest.raises(KeyboardInterrupt):
        retrieve(replace(_asked(hrsid, tmp_path, stopped), batch_size=2))
    assert not (tmp_path / "run" / "manifest.json").exists()
    again = FakeEncoder()
    retrieve(_asked(hrsid, tmp_path, again))
    assert (again.seen_texts, again.seen_images) == (0, 4)  # two chunks of three were whole

    undisturbed = Retrieval(encoder=FakeEncoder(), tasks=[hrsid], out=tmp_path / "other", cache=tmp_path / "fresh")
    retrieve(undisturbed)
    assert load_run(tmp_path / "run").scores == load_run(tmp_path / "other").scores
    name = f"samples/{hrsid.recorded}.parquet"
    assert (tmp_path / "run" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()
    chunks = {path.relative_to(tmp_path / "cache"): path.read_bytes() for path in tmp_path.glob("cache/*/*/*.npy")}
    assert chunks == {path.relative_to(tmp_path / "fresh"): path.read_bytes() for path in tmp_path.glob("fresh/*/*/*")}


def test_another_encoder_embeds_for_itself(hrsid: RetrievalTask, tmp_path: Path) -> None:
    retrieve(_asked(hrsid, tmp_path))
    other = FakeEncoder(seed=1)
    retrieve(replace(_asked(hrsid, tmp_path, other), out=tmp_path / "second"))
    assert other.seen_images == 12
    with pytest.raises(RunError, match="holds another run, of tests/fake"):
        retrieve(_asked(hrsid, tmp_path, other))


def test_less_memory_means_smaller_batches(hrsid: RetrievalTask, tmp_path: Path) -> None:
    encoder = FakeEncoder(room=5)
    manifest = retrieve(replace(_asked(hrsid, tmp_path, encoder), batch_size=16))
    assert max(encoder.batches) == 4
    assert "memory ended: the batch size was halved to 4" in manifest.notes
    with pytest.raises(RunError, match="has no memory for one input"):
        retrieve(replace(_asked(hrsid, tmp_path, FakeEncoder(room=0, seed=7)), out=tmp_path / "none"))


def test_notes_say_what_a_reader_must_know(hrsid: RetrievalTask, tmp_path: Path) -> None:
    manifest = retrieve(_asked(hrsid, tmp_path, FakeEncoder(longest=30)))
    assert any("longer than 30 tokens and were cut" in note for note in manifest.notes)
    assert any("its 24 texts are" in note for note in manifest.notes)


def test_results_of_other_tasks_are_not_thrown_away(hrsid: RetrievalTask, tmp_path: Path) -> None:
    retrieve(_asked(hrsid, tmp_path))
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    manifest["tasks"].append({**manifest["tasks"][0], "task": "sarbench_sartext_retrieval_osdataset_test"})
    (tmp_path / "run" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RunError, match="holds results of sarbench_sartext_retrieval_osdataset_test"):
        retrieve(_asked(hrsid, tmp_path))


def test_two_runs_do_not_write_one_folder(hrsid: RetrievalTask, tmp_path: Path) -> None:
    from sarbench.files import locked

    (tmp_path / "run").mkdir()
    with locked(tmp_path / "run", problem="test"), pytest.raises(InputError, match="written by another evaluation"):
        retrieve(_asked(hrsid, tmp_path))


def test_scoring_the_run_again_gives_the_same_numbers(hrsid: RetrievalTask, tmp_path: Path) -> None:
    from sarbench.runs.scoring import rescore_run

    retrieve(_asked(hrsid, tmp_path))
    before = load_run(tmp_path / "run").scores
    samples = (tmp_path / "run" / f"samples/{hrsid.recorded}.parquet").read_bytes()
    assert rescore_run(tmp_path / "run") == before
    assert (tmp_path / "run" / f"samples/{hrsid.recorded}.parquet").stat().st_size == len(samples)
