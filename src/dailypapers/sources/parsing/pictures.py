"""Foreign pictures made small and harmless: decoded within limits, and written anew as a JPEG with nothing but pixels.

    bytes of any kind | PNG, JPEG, WebP or GIF, the first frame | on white, small enough | a JPEG without metadata

The only file that knows Pillow. Never trusts what a server says a picture is.
"""

import hashlib
import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image

from dailypapers.domain.thumbnail import MAX_BYTES, MAX_HEIGHT, MAX_WIDTH, Thumbnail
from dailypapers.errors import BadInput

#: Vector pictures are programs of a kind, and other formats nobody publishes figures in.
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
#: More pixels take more than 100 MB of memory once they are decoded.
_MAX_PIXELS = 24_000_000
#: What is smaller is an icon, and what is so much wider than high, or higher than wide, is a line or a rule.
_LEAST_WIDTH, _LEAST_HEIGHT, _LEAST_RATIO = 120, 60, 0.15
#: What is resampled as it is; all else is first made color.
_RESIZABLE: Final = frozenset({"L", "LA", "RGB", "RGBA"})
#: How well a JPEG shows what it shows, tried one after the other until it is small enough.
_QUALITIES = (82, 70, 58, 46, 34)
#: Pillow says in all these ways that bytes are not the picture they begin as.
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)


@dataclass(frozen=True, slots=True)
class Picture:
    """A thumbnail and its bytes."""

    thumbnail: Thumbnail
    content: bytes


def small(content: bytes) -> Picture:
    """Return a picture as a small JPEG. Raises `BadInput` where it is none, or one that is not worth showing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
                _require_sensible(*opened.size)
                return _encoded(_on_white(_shrunk(opened)))
    except BadInput:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise BadInput("The picture has too many pixels.") from error
    except _UNREADABLE as error:
        raise BadInput(f"It is not a picture that can be read ({type(error).__name__}).") from error


def _require_sensible(width: int, height: int) -> None:
    if width * height > _MAX_PIXELS:
        raise BadInput(f"The picture has too many pixels: {width} × {height}.")
    if width < _LEAST_WIDTH or height < _LEAST_HEIGHT or min(width, height) < _LEAST_RATIO * max(width, height):
        raise BadInput(f"The picture is too small or too narrow: {width} × {height}.")


def _shrunk(picture: Image.Image) -> Image.Image:
    """Return a picture in its thumbnail's size, in grey or in color, where it has some with what shines through.

    A JPEG is decoded at a fraction of its size where that is enough, and all are brought near their size by averaging
    before they are resampled: half the work, and no difference to be seen at half the size on a page.
    """
    if picture.mode not in _RESIZABLE or "transparency" in picture.info:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail((MAX_WIDTH, MAX_HEIGHT), reducing_gap=1.0)
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture in color, on white where it lets the page shine through."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    colored = picture.convert("RGBA")
    white = Image.new("RGB", colored.size, "white")
    white.paste(colored, mask=colored.getchannel("A"))
    return white


def _encoded(picture: Image.Image) -> Picture:
    """Return a picture as a JPEG as good as there is room for; one that is too large even so, in a smaller size."""
    for quality in _QUALITIES:
        content = _jpeg(picture, quality)
        if len(content) <= MAX_BYTES:
            name = hashlib.sha256(content).hexdigest()[:32]
            return Picture(Thumbnail(name, picture.width, picture.height), content)
    return _encoded(picture.resize((picture.width * 3 // 4, picture.height * 3 // 4)))


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()
