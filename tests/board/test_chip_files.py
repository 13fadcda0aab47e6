import io

import numpy as np
import pytest
from PIL import Image

from sarbench.board.chip_files import chip_file


def encoded(kind, mode="L"):
    stream = io.BytesIO()
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).convert(mode).save(stream, format=kind)
    return stream.getvalue()


@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg")])
def test_what_browsers_show_stays_as_it_is(kind, ending):
    given = encoded(kind)
    made = chip_file(given)
    assert made.content == given
    assert made.path.startswith("assets/chips/")
    assert made.path.endswith(f".{ending}")
    assert made.size == (8, 8)


@pytest.mark.parametrize(
    ("kind", "mode"), [("BMP", "L"), ("BMP", "RGB"), ("TIFF", "L"), ("TIFF", "F"), ("TIFF", "CMYK")]
)
def test_other_images_become_png_with_the_same_pixels(kind, mode):
    made = chip_file(encoded(kind, mode))
    with Image.open(io.BytesIO(made.content)) as image:
        assert image.format == "PNG"
        assert image.size == (8, 8)
        if mode in {"L", "F"}:
            assert np.asarray(image.convert("L")).ravel().tolist() == list(range(64))
    assert chip_file(encoded(kind, mode)) == made


@pytest.mark.parametrize("broken", [b"", b"not an image", encoded("BMP")[:20], b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_nothing_can_read_is_no_chip(broken):
    assert chip_file(broken) is None
