"""Foreign pictures become small JPEGs of pixels alone, and what is none, or a bomb, is refused before it is decoded."""

import io
import random
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from dailypapers.domain.thumbnail import MAX_BYTES, MAX_HEIGHT, MAX_WIDTH
from dailypapers.errors import BadInput
from dailypapers.sources.parsing.pictures import small


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200), mode: str = "RGB", **options: object) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, "red").save(written, kind, **options)
    return written.getvalue()


def noise(width: int, height: int) -> bytes:
    written = io.BytesIO()
    pixels = random.Random(7).randbytes(width * height * 3)  # noqa: S311 - noise
    Image.frombytes("RGB", (width, height), pixels).save(written, "PNG", compress_level=0)
    return written.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes whose head claims so many pixels, all of one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_each_kind_becomes_a_jpeg_of_the_same_size_named_by_its_content(kind: str) -> None:
    made = small(picture(kind))
    assert (made.thumbnail.width, made.thumbnail.height) == (300, 200)
    assert made == small(picture(kind))
    with Image.open(io.BytesIO(made.content)) as shown:
        assert (shown.format, shown.size, shown.mode) == ("JPEG", (300, 200), "RGB")


def test_a_large_picture_is_made_small_enough_whatever_it_shows() -> None:
    made = small(noise(1500, 1200))
    assert len(made.content) <= MAX_BYTES
    assert made.thumbnail.width <= MAX_WIDTH
    assert made.thumbnail.height <= MAX_HEIGHT
    assert made.thumbnail.width / made.thumbnail.height == pytest.approx(1500 / 1200, rel=0.03)


def test_nothing_but_pixels_is_left() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "Somebody in Somewhere")
    where = Image.Exif()
    where[0x010E] = "Somebody in Somewhere"
    for content in (picture(pnginfo=told), picture("JPEG", exif=where)):
        assert b"Somebody" in content
        assert b"Somebody" not in small(content).content


def test_what_shines_through_is_on_white_and_of_an_animation_the_first_frame_counts() -> None:
    clear = io.BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(clear, "PNG")
    moving = io.BytesIO()
    frames = [Image.new("RGB", (200, 200), colour) for colour in ("white", "black")]
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])
    for content in (clear.getvalue(), moving.getvalue()):
        with Image.open(io.BytesIO(small(content).content)) as shown:
            assert min(shown.convert("L").tobytes()) > 250


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a picture"),
        (b"<html><body>Sign in</body></html>", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='300' height='300'/>", "not a picture"),
        (b"%PDF-1.7\n", "not a picture"),
        (picture()[:150], "not a picture"),
        (picture("BMP"), "not a picture"),
        (claiming(10_000, 10_000), "too many pixels"),
        (claiming(60_000, 60_000), "too many pixels"),
        (picture(size=(32, 32)), "too small"),
        (picture(size=(2000, 70)), "too narrow"),
    ],
)
def test_what_is_not_worth_showing_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        small(content)
