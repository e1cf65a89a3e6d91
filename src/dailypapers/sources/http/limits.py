"""The bytes of an answer, unpacked as they come and never more of them than was agreed.

Knows gzip and its bombs. Does not know where the bytes come from.
"""

import zlib
from collections.abc import Iterator

from dailypapers.errors import FetchFailed

_GZIP = 16 + zlib.MAX_WBITS
#: The first byte of each member; the second may come later.
_MEMBER = b"\x1f"


class Body:
    """Collects an answer's bytes; at most `limit` of them, both as sent and unpacked."""

    def __init__(self, encoding: str, *, limit: int) -> None:
        """Prepare for a `Content-Encoding`; only gzip and none are known, for we ask for no other."""
        encoding = encoding.strip().lower()
        if encoding not in {"", "identity", "gzip", "x-gzip"}:
            raise FetchFailed(f"it is encoded as “{encoding[:40]}”, which we did not ask for")
        self._unpack = zlib.decompressobj(_GZIP) if "gzip" in encoding else None
        self._limit = limit
        self._received = 0
        self._pieces: list[bytes] = []
        self._size = 0

    def add(self, chunk: bytes) -> None:
        """Take the next bytes. Raises `FetchFailed` as soon as there are too many, or they cannot be unpacked."""
        self._received += len(chunk)
        if self._received > self._limit:
            raise FetchFailed(self._too_large())
        for piece in self._unpacked(chunk) if self._unpack else (chunk,):
            self._size += len(piece)
            if self._size > self._limit:
                raise FetchFailed(self._too_large())
            self._pieces.append(piece)

    def _unpacked(self, chunk: bytes) -> Iterator[bytes]:
        """Unpack what came; it may be of several members, one after the other (RFC 1952, 2.2), with zeros behind."""
        while chunk and self._unpack:
            if self._unpack.eof:
                chunk = chunk.lstrip(b"\0")
                if not chunk:
                    return
                if not chunk.startswith(_MEMBER):
                    raise FetchFailed("its gzip data continues after its end")
                self._unpack = zlib.decompressobj(_GZIP)
            try:
                # One byte more than allowed is enough to know; a bomb is never blown up further.
                piece = self._unpack.decompress(chunk, self._limit - self._size + 1)
            except zlib.error as error:
                raise FetchFailed("its gzip data is damaged") from error
            yield piece
            chunk = self._unpack.unused_data

    def content(self) -> bytes:
        """Give everything, when all has come. Raises `FetchFailed` where gzip data ended early."""
        if self._unpack and not self._unpack.eof and self._received:
            raise FetchFailed("its gzip data ended early")
        return b"".join(self._pieces)

    def _too_large(self) -> str:
        return f"it is larger than {self._limit / 1_000_000:g} MB"
