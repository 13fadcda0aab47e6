"""Headers, pixels and display of every format that the sources hold, against Pillow and tifffile as writers."""

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sarbench import imaging
from sarbench.errors import InputError
from sarbench.imaging.display import encode_png

RNG = np.random.default_rng(7)
GRAY = RNG.integers(0, 256, (21, 34), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, (21, 34, 3), dtype=np.uint8)


def pillow(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def tiff(array: np.ndarray, **options: Any) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, array, **options)
    return buffer.getvalue()


def gray_palette() -> Image.Image:
    image = Image.fromarray(GRAY)
    image = image.convert("P")
    image.putpalette([value for value in range(256) for _ in range(3)])
    return image


def speckle(shape: tuple[int, ...], *, mean: float = 1.0) -> np.ndarray:
    return (mean * np.random.default_rng(3).exponential(size=shape)).astype(np.float32)


PILLOW_CASES = [
    ("png", "PNG", Image.fromarray(GRAY), 1, "uint8"),
    ("png", "PNG", Image.fromarray(COLOUR), 3, "uint8"),
    ("png", "PNG", Image.fromarray(GRAY).convert("LA"), 2, "uint8"),
    ("png", "PNG", Image.fromarray(COLOUR).convert("RGBA"), 4, "uint8"),
    ("png", "PNG", Image.fromarray(COLOUR).convert("P"), 3, "uint8"),
    ("png", "PNG", gray_palette(), 1, "uint8"),
    ("png", "PNG", Image.fromarray(GRAY).convert("1"), 1, "uint8"),
    ("png", "PNG", Image.fromarray(GRAY.astype(np.uint16) * 257), 1, "uint16"),
    ("jpeg", "JPEG", Image.fromarray(GRAY), 1, "uint8"),
    ("jpeg", "JPEG", Image.fromarray(COLOUR), 3, "uint8"),
    ("bmp", "BMP", Image.fromarray(GRAY), 1, "uint8"),
    ("bmp", "BMP", Image.fromarray(COLOUR), 3, "uint8"),
    ("bmp", "BMP", Image.fromarray(COLOUR).convert("P"), 3, "uint8"),
    ("bmp", "BMP", Image.fromarray(GRAY).convert("1"), 1, "uint8"),
    ("tiff", "TIFF", Image.fromarray(GRAY), 1, "uint8"),
    ("tiff", "TIFF", Image.fromarray(COLOUR), 3, "uint8"),
]


@pytest.mark.parametrize(("name", "kind", "image", "bands", "dtype"), PILLOW_CASES)
def test_header_agrees_with_pillow_and_pixels_are_kept(
    name: str, kind: str, image: Image.Image, bands: int, dtype: str
) -> None:
    data = pillow(image, kind)
    info = imaging.inspect(data)
    assert (info.format, info.width, info.height, info.bands, info.dtype) == (name, 34, 21, bands, dtype)
    assert imaging.is_displayable(info) == (dtype == "uint8" and bands in (1, 3))
    with Image.open(io.BytesIO(data)) as opened:
        mode = opened.mode if dtype == "uint16" else {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[bands]
        expected = np.atleast_3d(np.asarray(opened if mode == opened.mode else opened.convert(mode)))
    decoded = imaging.decode(data)
    assert decoded.dtype == dtype
    np.testing.assert_array_equal(decoded, np.moveaxis(expected, -1, 0))


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "float16", "float32", "float64", "complex64"])
@pytest.mark.parametrize("bands", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(
    "options",
    [
        {"planarconfig": "contig"},
        {"planarconfig": "separate"},
        {"planarconfig": "contig", "bigtiff": True, "byteorder": ">"},
        {"planarconfig": "contig", "tile": (16, 16), "compression": "deflate"},
    ],
)
def test_tiff_of_every_type_comes_back_unchanged(dtype: str, bands: int, options: dict[str, Any]) -> None:
    pixels = (RNG.normal(size=(bands, 21, 34)) * 40).astype(dtype)
    separate = options["planarconfig"] == "separate"
    stored = pixels if separate or bands == 1 else np.ascontiguousarray(np.moveaxis(pixels, 0, -1))
    if bands == 1:
        stored, options = pixels[0], {key: value for key, value in options.items() if key != "planarconfig"}
    data = tiff(stored, photometric="minisblack", **options)
    assert imaging.inspect(data) == imaging.ImageInfo("tiff", 34, 21, bands, dtype)
    np.testing.assert_array_equal(imaging.decode(data), pixels)


def test_lzw_tiff_is_read() -> None:
    data = pillow(Image.fromarray(GRAY), "TIFF", compression="tiff_lzw")
    np.testing.assert_array_equal(imaging.decode(data), GRAY[np.newaxis])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"GIF89a" + bytes(40), "is not a PNG"),
        (pillow(Image.fromarray(GRAY), "PNG")[:-20], "is cut off"),
        (pillow(Image.fromarray(GRAY), "PNG")[:20], "is cut off"),
        (pillow(Image.fromarray(GRAY), "JPEG")[:-9], "is cut off"),
        (pillow(Image.fromarray(GRAY), "JPEG")[:30], "is cut off"),
        (pillow(Image.fromarray(GRAY), "BMP")[:-1], "is cut off"),
        (pillow(Image.fromarray(GRAY), "BMP")[:30], "is cut off"),
        (tiff(GRAY)[:-1], "is cut off"),
        (tiff(GRAY)[:6], "is cut off"),
        (pillow(Image.new("CMYK", (8, 8)), "JPEG"), "4 components"),
        (pillow(Image.fromarray(COLOUR).convert("P"), "TIFF"), "palette"),
        (b"II*\0\x08\0\0\0\0\0\0\0\0\0", "has no pixels"),
        (
            b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 0, 4, 8, 0, 0, 0, 0) + b"IEND\xaeB`\x82",
            "0 by 4",
        ),
        (
            b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 4, 4, 16, 2, 0, 0, 0) + b"IEND\xaeB`\x82",
            "16-bit",
        ),
    ],
)
def test_reasons_of_refusal(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        imaging.inspect(data)


def test_padding_after_the_end_is_tolerated() -> None:
    for kind in ("PNG", "JPEG"):
        imaging.verify(pillow(Image.fromarray(GRAY), kind) + bytes(512))


WHOLE = [
    pillow(Image.fromarray(GRAY), "PNG"),
    pillow(Image.fromarray(COLOUR).convert("P"), "PNG"),
    pillow(Image.fromarray(COLOUR), "JPEG"),
    pillow(Image.fromarray(COLOUR).convert("P"), "BMP"),
    tiff(speckle((21, 34, 2)), planarconfig="contig"),
    tiff(GRAY, bigtiff=True, compression="deflate", tile=(16, 16)),
]


def refusal(call: Callable[[bytes], object], data: bytes) -> str | None:
    """Return the reason that `call` gives in a `ValueError`; let every other exception through."""
    try:
        call(data)
    except ValueError as error:
        return str(error)
    return None


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A whole file with a few bytes changed and perhaps its end missing, or a signature followed by anything."""
    data = bytearray(draw(st.sampled_from(WHOLE)))
    if draw(st.booleans()):
        return bytes(data[:8]) + draw(st.binary(max_size=120))
    for _ in range(draw(st.integers(1, 6))):
        data[draw(st.integers(0, min(len(data), 300) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(8, len(data)))]) if draw(st.booleans()) else bytes(data)


@given(st.one_of(st.binary(max_size=200), damaged()))
@settings(max_examples=400, deadline=None)
def test_inspect_raises_nothing_but_value_error(data: bytes) -> None:
    reason = refusal(imaging.inspect, data)
    assert reason is None or reason.startswith(("is ", "has "))


@given(damaged())
@settings(max_examples=150, deadline=None)
@pytest.mark.filterwarnings("ignore")
def test_verify_raises_nothing_but_value_error(data: bytes) -> None:
    if refusal(imaging.inspect, data) is not None:
        return
    info = imaging.inspect(data)
    assert min(info.width, info.height, info.bands) > 0
    if info.width * info.height * info.bands < 10_000_000:  # a sparse TIFF may honestly be larger
        assert "\n" not in (refusal(imaging.verify, data) or "")


def test_verify_finds_damaged_pixels_behind_a_good_header() -> None:
    data = bytearray(pillow(Image.fromarray(GRAY), "PNG"))
    data[60:80] = bytes(20)
    imaging.inspect(bytes(data))
    with pytest.raises(ValueError, match="cannot be decoded"):
        imaging.verify(bytes(data))


def test_pixel_hash_survives_another_encoding_and_sees_one_pixel() -> None:
    copies = [pillow(Image.fromarray(GRAY), kind) for kind in ("PNG", "BMP", "TIFF")]
    copies += [pillow(Image.fromarray(GRAY), "PNG", compress_level=1), tiff(GRAY, byteorder=">", bigtiff=True)]
    assert len({imaging.pixel_sha256(data) for data in copies}) == 1
    changed = GRAY.copy()
    changed[3, 4] ^= 1
    assert imaging.pixel_sha256(tiff(changed)) != imaging.pixel_sha256(copies[0])
    assert imaging.pixel_sha256(tiff(GRAY.astype(np.uint16))) != imaging.pixel_sha256(copies[0])
    wide = tiff(GRAY.astype(np.uint16), byteorder=">")
    assert imaging.pixel_sha256(wide) == imaging.pixel_sha256(tiff(GRAY.astype(np.uint16)))


@pytest.mark.parametrize("bands", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32", "float64", "complex64"])
def test_display_shape_and_use_of_the_range(bands: int, dtype: str) -> None:
    picture = imaging.to_display((speckle((bands, 40, 50)) * 30 + 1).astype(dtype))
    assert picture.dtype == np.uint8
    assert picture.shape == ((40, 50, 3) if bands in (2, 3, 4) else (40, 50))
    if not (dtype == "uint8" and bands in (1, 3)):
        assert picture.min() == 0
        assert picture.max() == 255


def test_eight_bit_pictures_are_left_alone() -> None:
    np.testing.assert_array_equal(imaging.to_display(GRAY[np.newaxis]), GRAY)
    np.testing.assert_array_equal(imaging.to_display(np.moveaxis(COLOUR, -1, 0)), COLOUR)


def test_intensity_amplitude_and_decibels_of_one_scene_look_alike() -> None:
    intensity = speckle((1, 64, 64)) * np.linspace(1, 100, 64, dtype=np.float32)
    reference = imaging.to_display(10 * np.log10(intensity) - 30).astype(int)
    for other in (intensity, np.sqrt(intensity), 10 * np.log10(intensity * 1e-3), np.sqrt(intensity).astype(complex)):
        assert np.abs(imaging.to_display(other).astype(int) - reference).max() <= 1


def test_positive_decibels_are_not_logged_twice() -> None:
    decibels = (10 * np.log10(speckle((1, 64, 64))) + 40).astype(np.float32)
    expected = imaging.to_display(decibels - 80)
    assert np.abs(imaging.to_display(decibels).astype(int) - expected.astype(int)).max() <= 1


def test_percentiles_are_those_stated() -> None:
    decibels = np.linspace(-40, 0, 10_000, dtype=np.float32).reshape(1, 100, 100)
    picture = imaging.to_display(decibels).reshape(-1)
    low, high = np.percentile(decibels, (1, 99.5))
    np.testing.assert_array_equal(picture == 0, decibels.reshape(-1) < low + (high - low) / 510)
    assert (picture[decibels.reshape(-1) >= high] == 255).all()


@pytest.mark.parametrize("fill", [np.nan, np.inf, -np.inf, -9999.0, np.finfo(np.float32).min])
def test_fill_values_are_black_and_do_not_stretch(fill: float) -> None:
    decibels = 10 * np.log10(speckle((2, 64, 64)))
    holed = decibels.copy()
    holed[:, :8] = fill
    picture = imaging.to_display(holed)
    assert (picture[:8] == 0).all()
    np.testing.assert_array_equal(picture[8:], imaging.to_display(decibels[:, 8:]))


def test_fill_value_of_the_file_is_honoured() -> None:
    decibels = 10 * np.log10(speckle((64, 64)))
    decibels[:8] = -77.0
    tag = (42113, "s", 0, "-77", True)
    pictures = [
        np.asarray(Image.open(io.BytesIO(imaging.display_png(tiff(decibels, extratags=tags))))) for tags in ([], [tag])
    ]
    np.testing.assert_array_equal(pictures[1], imaging.to_display(decibels[np.newaxis], nodata=-77))
    assert pictures[1][8:].mean() < pictures[0][8:].mean()


@pytest.mark.parametrize("value", [0.0, -12.0, 3.5, np.nan])
@pytest.mark.parametrize("bands", [1, 2, 3, 4])
def test_constant_images_have_no_contrast(value: float, bands: int) -> None:
    with np.errstate(all="raise"):
        picture = imaging.to_display(np.full((bands, 9, 9), value, dtype=np.float32))
    assert set(np.unique(picture)) == ({0} if value == 0 or np.isnan(value) else {128})


@pytest.mark.parametrize("bands", [2, 4, 5])
def test_every_band_shows(bands: int) -> None:
    values = speckle((bands, 48, 48)) + 0.1
    reference = imaging.to_display(values)
    for band in range(bands):
        changed = values.copy()
        changed[band, 10:20, 10:20] *= 50
        assert (imaging.to_display(changed)[10:20, 10:20] != reference[10:20, 10:20]).any()


def test_opacity_is_dropped_not_stretched() -> None:
    see_through = Image.fromarray(COLOUR).convert("RGBA")
    see_through.putalpha(Image.fromarray(GRAY))
    for data in (pillow(see_through, "PNG"), pillow(see_through, "TIFF")):
        assert imaging.inspect(data).alpha
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(imaging.display_png(data)))), COLOUR)


@pytest.mark.parametrize("picture", [GRAY, COLOUR, np.zeros((300, 400), np.uint8), np.full((1, 1, 3), 9, np.uint8)])
def test_png_of_stored_rows_is_read_by_pillow(picture: np.ndarray) -> None:
    data = encode_png(picture)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data))), picture)
    assert imaging.is_displayable(imaging.inspect(data))


def test_decode_raw_prefers_the_measured_bytes() -> None:
    values = speckle((2, 9, 9))
    row = {"raw_image": tiff(values, planarconfig="separate"), "image": {"bytes": encode_png(GRAY)}}
    raw = imaging.decode_raw(row)
    assert raw.dtype == np.float32
    np.testing.assert_array_equal(raw, values)
    for image in ({"bytes": encode_png(GRAY), "path": "x.png"}, Image.fromarray(GRAY)):
        np.testing.assert_array_equal(imaging.decode_raw({"raw_image": None, "image": image}), GRAY[np.newaxis])


def test_decode_raw_keeps_wide_integers_and_phase() -> None:
    assert imaging.decode_raw({"raw_image": tiff(np.full((2, 2), 2**31 - 1, np.int32))}).max() == 2**31 - 1
    assert imaging.decode_raw({"raw_image": tiff(np.full((2, 2), 1 + 2j, np.complex64))})[0, 0, 0] == 1 + 2j


@pytest.mark.parametrize("row", [{}, {"image": None, "raw_image": None}, {"id": "a/b", "image": {"bytes": None}}])
def test_decode_raw_of_a_row_without_image(row: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="has neither"):
        imaging.decode_raw(row)


def test_decode_raw_names_the_row_with_damaged_bytes() -> None:
    with pytest.raises(InputError, match=r"set/row-1: its image is not a PNG"):
        imaging.decode_raw({"id": "set/row-1", "raw_image": b"zzzz"})


def test_real_two_band_decibel_image(real_data: Path) -> None:
    data = (real_data / "sarclip" / "example.tif").read_bytes()
    assert imaging.inspect(data) == imaging.ImageInfo("tiff", 224, 224, 2, "float32")
    bands = imaging.decode_raw({"raw_image": data})
    picture = np.asarray(Image.open(io.BytesIO(imaging.display_png(data))))
    assert picture.shape == (224, 224, 3)
    for band in (0, 1):  # each channel follows its band, saturates little and uses the range
        assert np.corrcoef(bands[band].reshape(-1), picture[..., band].reshape(-1))[0, 1] > 0.99
        at_the_top = np.isclose(bands[band], bands[band].max(), atol=1e-3)  # the file itself is clipped at 0 dB
        assert np.mean((picture[..., band] == 255) & ~at_the_top) < 0.01
        assert picture[..., band].std() > 30
    assert np.corrcoef((bands[0] - bands[1]).reshape(-1), picture[..., 2].reshape(-1))[0, 1] > 0.98


def test_real_ship_chips_are_displayable(real_data: Path) -> None:
    for path in sorted((real_data / "hrsid" / "JPEGImages").iterdir()):
        data = path.read_bytes()
        assert imaging.is_displayable(imaging.inspect(data))
        imaging.verify(data)


def test_one_damaged_byte_of_a_png_is_noticed_without_decoding() -> None:
    buffer = io.BytesIO()
    Image.effect_noise((64, 64), 80).save(buffer, format="PNG")
    whole = buffer.getvalue()
    imaging.check_png(whole)
    imaging.check_png(b"no PNG at all")
    for place in (40, len(whole) // 2, len(whole) - 20):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        with pytest.raises(ValueError, match=r"damaged|cut off"):
            imaging.check_png(bytes(damaged))
    with pytest.raises(ValueError, match=r"cut off|damaged"):
        imaging.check_png(whole[: len(whole) // 2])


def test_a_display_stretch_is_never_taken_for_measured_values() -> None:
    row = {"id": "x", "image": Image.new("L", (4, 4)), "raw_image": None, "flags": ["display_stretch"]}
    with pytest.raises(InputError, match="shows a display stretch"):
        imaging.decode_raw(row)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize(("orientation", "turned"), [(None, False), (1, False), (6, True)])
def test_images_that_ask_to_be_turned(kind: str, orientation: int | None, *, turned: bool) -> None:
    exif = Image.Exif()
    if orientation:
        exif[274] = orientation
    buffer = io.BytesIO()
    Image.new("L", (8, 4)).save(buffer, kind, exif=exif)
    assert imaging.is_turned(buffer.getvalue()) is turned
