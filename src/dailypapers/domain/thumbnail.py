"""A thumbnail: a small picture that shows a figure of a paper, named by its content."""

import re
from dataclasses import dataclass

#: What a thumbnail's name looks like: half a SHA-256 in hexadecimal.
NAME = re.compile(r"[0-9a-f]{32}")
#: The widest and the highest a thumbnail may be, in pixels; mails show it at half of that, so that it is sharp.
MAX_WIDTH, MAX_HEIGHT = 480, 320
#: Bytes a thumbnail may have: ten of them in a mail take a third of a megabyte.
MAX_BYTES = 25_000


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A JPEG's name and its size in pixels; the bytes are in the store."""

    name: str
    width: int
    height: int

    @property
    def file_name(self) -> str:
        """What it is called where it is served: the same name never has another content."""
        return f"{self.name}.jpg"
