"""Broken neighbours: rows without a caption or an image, images that cannot be decoded."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sarbench.errors import InputError
from sarbench.retrieval import RetrievalTask
from sarbench.retrieval.embedding import Batches, embedded
from sarbench.retrieval.gallery import Gallery, gallery_of, read_gallery
from sarbench.retrieval.lines import lines
from sarbench.retrieval.ranking import ranked
from sarbench.retrieval.scoring import score_queries
from tests.retrieval.fake_encoder import FakeEncoder

BROKEN = "holds captions without images"


def _row(number: int, image: str | None, *captions: str) -> dict[str, Any]:
    return {
        "id": f"sar-text/retrieval-hrsid/test/{number}",
        "sample_sha256": f"{number:064x}",
        "image_id": image,
        "image_sha256": image and image * 64,
        "width": 8,
        "height": 8,
        "task": "retrieval",
        "answers": list(captions),
    }


@pytest.fixture
def gallery(hrsid: RetrievalTask) -> Gallery:
    found = [
        _row(1, "a", "a ship"),
        _row(2, "a", "one ship", "a vessel"),
        _row(3, "b", "a ship"),
        _row(4, "c", "  "),
        _row(5, None, "a tank"),
        _row(6, "d", "a car"),
        _row(7, "b"),
    ]
    return gallery_of(hrsid, found)


def test_every_image_once_every_caption_a_text(gallery: Gallery) -> None:
    assert gallery.image_ids == ("a", "b", "c", "d")
    assert [text.image for text in gallery.texts] == [0, 0, 0, 1, 2, None, 3, 1]
    assert gallery.texts[2].id.endswith("/2#2")
    assert gallery.captions == ("a ship", "one ship", "a vessel", "a tank", "a car")


def test_what_cannot_be_asked_has_failed_and_counts_nowhere(gallery: Gallery) -> None:
    images = np.eye(4, 5, dtype=np.float32)
    images[3] = np.nan  # image d cannot be read
    captions = np.eye(5, dtype=np.float32)
    found = ranked(gallery, images, captions, protocols=["strict", "paper"], device=None)
    assert dict(found.texts) == {0: 0, 1: 1, 2: 2, 3: 3}
    assert dict(found.images) == {0: 0, 1: 1}
    told = list(lines(gallery, found))
    assert [line["outcome"] for line in told] == ["ok"] * 4 + ["failed"] * 4
    # Image a is asked for once, on the line of its first caption; b on the line of its own.
    assert ["strict:i2t_rank" in line["scores"] for line in told[:4]] == [True, False, False, True]
    scores = score_queries("sarbench_sartext_retrieval_hrsid_test", told)
    assert scores.outcomes["failed"] == 4
    counted = {(score.metric, score.protocol): score for score in scores.scores}
    assert counted["i2t_r@1", "strict"].n == 2
    assert counted["t2i_r@1", "strict"].n == 4


def test_a_caption_of_two_images_is_right_for_both_under_strict(gallery: Gallery) -> None:
    captions = np.eye(5, dtype=np.float32)
    images = np.zeros((4, 5), dtype=np.float32)
    images[0] = [0.8, 0.6, 0.1, 0, 0]
    images[1] = [0.6, 0, 0.8, 0, 0]
    images[2] = images[3] = [0, 0, 0, 0, 1]
    found = ranked(gallery, images, captions, protocols=["strict", "paper"], device=None).found
    # Texts: "a ship" of image a, "one ship", "a vessel", "a ship" of image b, "a car" of image d.
    assert found["strict"].text_to_image.rank.tolist() == [1, 1, 2, 1, 1]
    assert found["paper"].text_to_image.rank.tolist() == [1, 1, 2, 2, 1]


def test_nothing_readable_is_an_error(gallery: Gallery) -> None:
    nothing = np.full((4, 5), np.nan, dtype=np.float32)
    with pytest.raises(InputError, match="has no caption whose image can be read"):
        ranked(gallery, nothing, np.eye(5, dtype=np.float32), protocols=["strict"], device=None)


def test_rows_that_are_no_captions_are_named(hrsid: RetrievalTask) -> None:
    row = {**_row(1, "a", "2"), "task": "counting"}
    with pytest.raises(InputError, match=r"test/1: asks for counting"):
        gallery_of(hrsid, [row])


def test_captions_without_images(hrsid: RetrievalTask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sarbench.retrieval.gallery.rows", lambda *args, **kwargs: [_row(1, None, "a ship")])
    with pytest.raises(InputError, match=f"{BROKEN}.*sarbench build sar-text --data-dir DIR --configs retrieval-hrsid"):
        read_gallery(hrsid)


def test_images_without_captions(hrsid: RetrievalTask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sarbench.retrieval.gallery.rows", lambda *args, **kwargs: [_row(1, "a", " ")])
    with pytest.raises(InputError, match="holds no caption"):
        read_gallery(hrsid)


def test_an_image_that_cannot_be_decoded_leaves_the_others(
    hrsid: RetrievalTask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery = read_gallery(hrsid)
    stored = gallery.image_bytes(range(12))
    broken = [b"no image", *stored[1:5], None, *stored[6:]]
    monkeypatch.setattr(Gallery, "image_bytes", lambda self, places: [broken[place] for place in places])
    images, captions = embedded(gallery, FakeEncoder(), tmp_path, Batches(4), lambda kind, done, total: None)
    assert np.flatnonzero(np.isnan(images).any(axis=1)).tolist() == [0, 5]
    assert np.isfinite(captions).all()


def test_an_encoder_that_gives_nan_is_stopped(hrsid: RetrievalTask, tmp_path: Path) -> None:
    from sarbench.errors import RunError

    class Blank(FakeEncoder):
        def embed_texts(self, texts):  # type: ignore[no-untyped-def]
            return np.full((len(texts), 8), np.nan, dtype=np.float32)

    with pytest.raises(RunError, match="gives NaN"):
        embedded(read_gallery(hrsid), Blank(), tmp_path, Batches(4), lambda kind, done, total: None)


def test_joined_sets_give_the_same_images(hrsid: RetrievalTask, tmp_path: Path) -> None:
    from sarbench.build import build
    from sarbench.simulate import write_sartext

    raw = write_sartext(tmp_path / "raw", images={"HRSID": 12})
    joined = build("sar-text", data_dir=raw, out=tmp_path / "joined", configs=["retrieval-hrsid"], layout="joined")
    assert joined.configs["retrieval-hrsid"]["test"].layout == "joined"
    other = read_gallery(replace(hrsid, folder=tmp_path / "joined"))
    flat = read_gallery(hrsid)
    assert other.image_hashes == flat.image_hashes
    assert other.image_bytes(range(12)) == flat.image_bytes(range(12))
