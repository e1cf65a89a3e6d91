import gzip

import pytest

from dailypapers.errors import FetchFailed
from dailypapers.sources.http.limits import Body


def test_packed_and_plain_bytes_come_out_the_same() -> None:
    packed, plain = Body("gzip", limit=1000), Body("", limit=1000)
    for byte in gzip.compress(b"hello"):
        packed.add(bytes([byte]))
    plain.add(b"hel")
    plain.add(b"lo")
    assert packed.content() == plain.content() == b"hello"


def test_a_gzip_bomb_is_stopped_before_it_unfolds() -> None:
    body = Body("gzip", limit=10_000)
    with pytest.raises(FetchFailed, match=r"larger than 0\.01 MB"):
        body.add(gzip.compress(b"\0" * 100_000_000))


def test_too_many_plain_bytes_are_refused() -> None:
    body = Body("", limit=10)
    body.add(b"x" * 10)
    with pytest.raises(FetchFailed, match="larger"):
        body.add(b"x")


def test_damaged_gzip_is_refused() -> None:
    with pytest.raises(FetchFailed, match="damaged"):
        Body("gzip", limit=1000).add(b"this is not gzip")


def test_gzip_that_ends_early_is_refused() -> None:
    body = Body("gzip", limit=1000)
    body.add(gzip.compress(b"hello")[:-4])
    with pytest.raises(FetchFailed, match="ended early"):
        body.content()


def test_bytes_behind_the_end_of_gzip_are_refused() -> None:
    body = Body("gzip", limit=1000)
    body.add(gzip.compress(b"hello"))
    with pytest.raises(FetchFailed, match="after its end"):
        body.add(b"more")


def test_a_packing_we_did_not_ask_for_is_refused() -> None:
    with pytest.raises(FetchFailed, match="did not ask for"):
        Body("gzip, gzip", limit=1000)


@pytest.mark.parametrize("pieces", [1, 1_000])
def test_all_members_of_gzip_are_unpacked_and_zeros_behind_them_are_nothing(pieces: int) -> None:
    packed = gzip.compress(b"hel") + gzip.compress(b"") + gzip.compress(b"lo") + b"\0" * 100
    body = Body("gzip", limit=1000)
    size = -(-len(packed) // pieces)
    for start in range(0, len(packed), size):
        body.add(packed[start : start + size])
    assert body.content() == b"hello"


def test_a_bomb_of_many_members_is_stopped_as_well() -> None:
    body = Body("gzip", limit=10_000)
    with pytest.raises(FetchFailed, match="larger"):
        body.add(gzip.compress(b"\0" * 6_000) * 2)
