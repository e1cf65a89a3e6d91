"""A signature is checked from the mail's bytes alone, by another path than the one that made it, and as others do."""

import datetime as dt
import re

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from dailypapers.domain.message import Message, Sender
from dailypapers.mail.message import mime
from dailypapers.mail.message.dkim import Algorithm, Key, new_key, record_value
from dailypapers.mail.message.dkim_check import verifies

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
SENDER = Sender("Päpers", "papers@example.org", "bounce@example.org", "papers.example.org")
KEYS = {
    each: Key("example.org", each.value.partition("-")[0], load_pem_private_key(new_key(each), None))  # type: ignore[arg-type]
    for each in Algorithm
}


def signed(*keys: Key) -> bytes:
    message = Message("A subject", "Some  text \n\n\n", "<p>Some text</p>\n")
    return mime.build(
        message, sender=SENDER, recipient="a@example.org", message_id="<x@example.org>", now=NOW, keys=keys
    )


@pytest.mark.parametrize("algorithm", Algorithm)
def test_what_we_sign_verifies_here_and_elsewhere(algorithm: Algorithm) -> None:
    content = signed(*KEYS.values())
    assert verifies(content, KEYS[algorithm]) == ""
    record = record_value(KEYS[Algorithm.RSA]).encode()
    assert dkimpy.verify(signed(KEYS[Algorithm.RSA]), dnsfunc=lambda *_, **__: record)


SPOILT = {
    "another subject": (rb"Subject: A", b"Subject: B", "the signature does not fit"),
    "another body": (rb"Some", b"None", "the hash of the body differs"),
    "a second From": (rb"^From: ", b"From: eve@example.org\r\nFrom: ", "the signature does not fit"),
    "no signature": (rb"DKIM-Signature", b"X-Signature", "there is no signature by rsa"),
}


@pytest.mark.parametrize(("pattern", "instead", "why"), SPOILT.values(), ids=SPOILT)
def test_what_was_changed_since_does_not_verify(pattern: bytes, instead: bytes, why: str) -> None:
    content = re.sub(pattern, instead, signed(KEYS[Algorithm.RSA]), count=1, flags=re.MULTILINE)
    assert verifies(content, KEYS[Algorithm.RSA]) == why


def test_another_key_does_not_fit() -> None:
    other = Key("example.org", "rsa", load_pem_private_key(new_key(), None))  # type: ignore[arg-type]
    assert verifies(signed(KEYS[Algorithm.RSA]), other) == "the signature does not fit"


def test_white_space_that_relays_change_does_not_matter() -> None:
    content = signed(KEYS[Algorithm.RSA]).replace(b"Subject: A subject", b"Subject:  A\r\n\tsubject ")
    assert verifies(content, KEYS[Algorithm.RSA]) == ""
