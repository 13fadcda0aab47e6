import multiprocessing
import pickle
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import datasets
import pytest

from sarbench import decode_raw, sources
from sarbench.build import build
from sarbench.errors import InputError, UnknownNameError
from sarbench.hub import image_bytes, load_dataset, shared_image
from sarbench.schema import SCHEMA, EncodedImage
from tests.build.fake import make_row, make_rows, png
from tests.hub import sets

EVERYTHING = sets.everything()
EXPECTED = sets.expected(EVERYTHING)
BYTES = [row.image.bytes if row.image else None for row in EVERYTHING]
RAW = [row.raw_image for row in EVERYTHING]


@pytest.fixture
def joined(everything: Path, tmp_path: Path) -> Path:
    """A joined set in a folder whose name tries the addresses."""
    out = tmp_path / "a set[1] 100%*::#?"
    build("fake", data_dir=everything, out=out, layout="joined")
    return out


@pytest.fixture
def lazy(joined: Path) -> Any:
    return load_dataset("fake", "a", split="test", data_dir=joined)


def undecoded(data: Any) -> Any:
    return data.cast_column("image", datasets.Image(decode=False))


def test_rows_are_alike_on_every_way(everything: Path, joined: Path, tmp_path: Path) -> None:
    build("fake", data_dir=everything, out=tmp_path / "flat", layout="flat")
    features = datasets.Features.from_arrow_schema(SCHEMA)
    digests = set()
    for folder in (everything, tmp_path / "flat", joined):
        for how in ({}, {"join": "flat"}, {"num_proc": 2}, {"streaming": True}):
            rows = load_dataset("fake", "a", split="test", data_dir=folder, **how)
            assert rows.features == features, (folder, how)
            digests.add(sets.digest(rows))
    ((number, _),) = digests
    assert number == len(EVERYTHING)
    assert sets.digest(load_dataset("fake", "a", split="train", data_dir=joined))[0] == 5


def test_joined_flat_and_streamed_rows_hold_the_bytes(joined: Path) -> None:
    for how in ({"join": "flat"}, {"join": "flat", "num_proc": 2}, {"streaming": True}):
        assert sets.undecoded(load_dataset("fake", "a", split="test", data_dir=joined, **how)) == EXPECTED


def test_lazy_rows_hold_addresses(lazy: Any) -> None:
    images = [row["image"] for row in undecoded(lazy)]
    assert [image and image["bytes"] for image in images] == [None] * len(EVERYTHING)
    assert [bool(image and image["path"].startswith("sarbench://")) for image in images] == [
        b is not None for b in BYTES
    ]
    assert [row["raw_image"] for row in lazy] == RAW
    assert lazy.data.table["raw_image"].null_count == len(EVERYTHING)


def test_image_bytes_takes_rows_images_and_paths(lazy: Any, joined: Path) -> None:
    flat = load_dataset("fake", "a", split="test", data_dir=joined, join="flat")
    for data in (lazy, flat):
        for row, expected in zip(undecoded(data), BYTES, strict=True):
            if expected is None:
                with pytest.raises(InputError, match="has no undecoded image"):
                    image_bytes(row)
            else:
                assert image_bytes(row) == image_bytes(row["image"]) == expected
    assert image_bytes(undecoded(lazy)[0]["image"]["path"]) == BYTES[0]
    with pytest.raises(InputError, match="has no undecoded image"):
        image_bytes(lazy[0])
    with pytest.raises(InputError, match="is not the address of an image"):
        image_bytes("sarbench://nowhere")


def test_neighbouring_rows_share_the_decoding_but_not_the_pixels(lazy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[str] = []
    inside = datasets.Image.decode_example

    def counted(self: Any, value: Any, token_per_repo_id: Any = None) -> Any:
        decoded.append(value["path"])
        return inside(self, value, token_per_repo_id)

    monkeypatch.setattr(datasets.Image, "decode_example", counted)
    monkeypatch.setattr(shared_image, "_last", (None, None))
    first, second = lazy[3]["image"], lazy[4]["image"]
    assert len(decoded) == 1
    assert first.format == second.format == "PNG"
    pixels = second.tobytes()
    first.paste(0, (0, 0, 16, 16))
    assert second.tobytes() == lazy[5]["image"].tobytes() == pixels
    assert lazy[6]["image"].tobytes() != pixels  # the same name, another image
    assert len(decoded) == 2


def test_features_are_equal_in_both_directions(lazy: Any) -> None:
    plain = datasets.Features.from_arrow_schema(SCHEMA)
    assert lazy.features == plain
    assert plain == lazy.features
    assert lazy.features["image"] != datasets.Image(decode=False)
    assert datasets.concatenate_datasets([lazy, lazy]).features == plain


@pytest.mark.parametrize(
    "step",
    [
        lambda data, _: data.select(range(len(data))),
        lambda data, _: data.filter(lambda task: task is not None, input_columns=["task"]),
        lambda data, _: data.map(lambda row: {"size": row["image"] and list(row["image"].size)}).remove_columns("size"),
        lambda data, _: data.map(lambda row: {"n": 1}, num_proc=2).remove_columns("n"),
        lambda data, _: datasets.concatenate_datasets(
            [data.shard(2, 0, contiguous=True), data.shard(2, 1, contiguous=True)]
        ),
        lambda data, _: data.shuffle(seed=1).sort("id"),
        lambda data, _: data.flatten_indices(),
        lambda data, _: pickle.loads(pickle.dumps(data)),
    ],
    ids=["select", "filter", "map", "map2", "shard", "shuffle", "flatten", "pickle"],
)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_steps_keep_images_and_raw_images(lazy: Any, tmp_path: Path, step: Callable[[Any, Path], Any]) -> None:
    before = sets.digest(lazy)
    rows = step(lazy, tmp_path)
    assert rows.features == lazy.features
    assert sets.digest(rows) == before


def test_a_saved_copy_keeps_images(lazy: Any, tmp_path: Path) -> None:
    """`raw_image` comes from a transform, which `datasets` cannot save."""
    plain = lazy.with_format(None)
    plain.save_to_disk(str(tmp_path / "saved"))
    assert sets.digest(datasets.load_from_disk(str(tmp_path / "saved"))) == sets.digest(plain)
    assert [row["raw_image"] for row in plain] == [None] * len(EVERYTHING)


def test_splits_without_raw_images_have_no_transform(joined: Path, tmp_path: Path) -> None:
    train = load_dataset("fake", "a", split="train", data_dir=joined)
    assert train.format["type"] is None
    train.save_to_disk(str(tmp_path / "saved"))
    assert sets.digest(datasets.load_from_disk(str(tmp_path / "saved"))) == sets.digest(train)
    both = load_dataset("fake", "a", split="train[:2]+test", data_dir=joined)
    assert [row["raw_image"] for row in both] == [None, None, *RAW]


def test_transform_bears_missing_columns(lazy: Any) -> None:
    assert lazy.select_columns(["raw_image"])[3]["raw_image"] is None
    assert lazy.select_columns(["question"])[3] == {"question": EXPECTED[3]["question"]}
    assert lazy[3:5]["raw_image"] == RAW[3:5]


def _digest_of(data: Any) -> tuple[int, str]:
    return sets.digest(data)


def test_forked_processes_read_images(lazy: Any) -> None:
    before = sets.digest(lazy)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(_digest_of, [lazy, lazy]) == [before, before]


def test_data_loader_workers_read_images(lazy: Any) -> None:
    data = pytest.importorskip("torch.utils.data")
    loader = data.DataLoader(lazy, batch_size=None, num_workers=2)
    assert sets.digest(loader) == sets.digest(lazy)


def test_a_new_process_finds_the_images(lazy: Any, tmp_path: Path) -> None:
    if "sarbench" not in {point.name for point in entry_points(group="fsspec.specs")}:
        pytest.skip("sarbench is not installed, so fsspec cannot find sarbench:// on its own")
    (tmp_path / "pickled").write_bytes(pickle.dumps(lazy.with_format(None)))
    code = f"import pickle; print(pickle.load(open({str(tmp_path / 'pickled')!r}, 'rb'))[0]['image'].size)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "(16, 16)"


def test_streams_are_cut_into_shards_and_resume(joined: Path) -> None:
    stream = load_dataset("fake", "a", split="test", data_dir=joined, streaming=True)
    rows = list(stream)
    for number in range(1, 4):
        left = load_dataset("fake", "a", split="test", data_dir=joined, streaming=True)
        iterator = iter(left)
        for _ in range(number):
            next(iterator)
        resumed = load_dataset("fake", "a", split="test", data_dir=joined, streaming=True)
        resumed.load_state_dict(left.state_dict())
        assert [row["id"] for row in resumed] == [row["id"] for row in rows[number:]]
    assert sets.digest(pickle.loads(pickle.dumps(stream))) == sets.digest(rows)


def test_many_images_are_streamed_in_bounded_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sarbench.hub import built

    rows = make_rows([3, 1, 2, 4])
    monkeypatch.setitem(sources.SOURCES, "fake", sets.source({"a": {"train": rows}}))
    monkeypatch.setattr(built, "BATCH_BYTES", 2 * len(png(0)))
    build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out", layout="joined")
    for how in ({"streaming": True}, {"join": "flat"}):
        data = load_dataset("fake", "a", split="train", data_dir=tmp_path / "out", **how)
        assert sets.undecoded(data) == sets.expected(rows)


def test_a_set_that_was_built_again_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in (1, 2):
        row = make_row(0, EncodedImage(png(seed), "fake/0.png"))
        monkeypatch.setitem(sources.SOURCES, "fake", sets.source({"a": {"train": [row]}}))
        build("fake", data_dir=tmp_path / "raw", out=tmp_path / "out", layout="joined")
        (read,) = undecoded(load_dataset("fake", "a", split="train", data_dir=tmp_path / "out"))
        assert image_bytes(read) == png(seed)


def test_a_set_that_is_gone_is_named(lazy: Any, joined: Path, tmp_path: Path) -> None:
    joined.rename(tmp_path / "moved")
    with pytest.raises(InputError, match="is not a folder"):
        lazy[4]


def test_no_other_way_to_join(joined: Path) -> None:
    with pytest.raises(UnknownNameError, match="Take 'lazy' or 'flat'"):
        load_dataset("fake", "a", data_dir=joined, join="nested")  # type: ignore[arg-type]


def test_raw_images_decode_on_every_way(real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = (real_data / "sarclip" / "example.tif").read_bytes()
    rows = [make_row(number, EncodedImage(png(3), "fake/example.tif"), raw_image=raw) for number in range(2)]
    monkeypatch.setitem(sources.SOURCES, "fake", sets.source({"a": {"train": rows}}))
    for layout in ("flat", "joined"):
        build("fake", data_dir=tmp_path / "raw", out=tmp_path / layout, layout=layout)
    met = set()
    for folder in (tmp_path / "raw", tmp_path / "flat", tmp_path / "joined"):
        for how in ({}, {"streaming": True}, {"join": "flat"}):
            data = load_dataset("fake", "a", split="train", data_dir=folder, **how)
            for row in (*data, *(() if (folder.name, how) == ("joined", {}) else undecoded(data))):
                pixels = decode_raw(row)
                met.add((pixels.shape, pixels.dtype.name, pixels.tobytes()))
    ((shape, kind, _),) = met
    assert (shape[0], kind) == (2, "float32")


def test_two_loads_put_together_keep_their_raw_images(joined: Path) -> None:
    both = datasets.concatenate_datasets([load_dataset("fake", "a", split="test", data_dir=joined) for _ in range(2)])
    assert [row["raw_image"] for row in both] == RAW * 2
