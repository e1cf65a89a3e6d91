"""Signatures, verified by an independent implementation; a flipped bit anywhere in what is signed makes one fail."""

import base64
import datetime as dt
import logging
import re
from pathlib import Path

import dkim as verifier
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from dailypapers.domain.message import Message, Sender
from dailypapers.errors import BadSettings
from dailypapers.mail.message import dkim
from dailypapers.mail.message.dkim import Algorithm, Key
from dailypapers.mail.message.mime import BulkHeaders, build

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
SENDER = Sender("Daily Papers", "papers@example.org", "b@example.org", "papers.example.org", "owner@example.org")
HEADERS = BulkHeaders(
    "https://papers.example.org/unsubscribe/x", "mailto:leave+x@example.org", feedback_id="1:d:papers"
)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[Algorithm, Key]:
    """A key of each kind, as the command makes and the service loads it."""
    folder = tmp_path_factory.mktemp("keys")
    made = {}
    for algorithm in Algorithm:
        file = folder / f"{algorithm}.pem"
        dkim.write_new_key(file, algorithm)
        selector = algorithm.partition("-")[0]
        made[algorithm] = dkim.load_key(file, domain="example.org", selector=selector, algorithm=algorithm)
    return made


def is_valid(mail: bytes, *, signed_with: Key, index: int = 0) -> bool:
    """What a receiver finds who looks the key up in the DNS."""
    records = {f"{dkim.record_name(signed_with)}.".encode(): dkim.record_value(signed_with).encode()}

    def look_up(name: bytes, timeout: int = 5) -> bytes | None:
        del timeout
        return records.get(name)

    quiet = logging.getLogger("quiet")
    quiet.disabled = True
    try:
        return bool(verifier.DKIM(mail, logger=quiet).verify(idx=index, dnsfunc=look_up))
    except verifier.DKIMException:
        return False


def built(message: Message, *keys: Key, sender: Sender = SENDER, recipient: str = "ann@example.org") -> bytes:
    return build(
        message, sender=sender, recipient=recipient, message_id="<1@example.org>", now=NOW, headers=HEADERS, keys=keys
    )


@settings(max_examples=40)
@given(st.data())
def test_any_mail_is_verified_by_others(keys: dict[Algorithm, Key], data: st.DataObject) -> None:
    message = Message(data.draw(ANY), data.draw(ANY), data.draw(ANY))
    sender = Sender(data.draw(ANY), "papers@example.org", "b@example.org", "papers.example.org", "owner@example.org")
    mail = built(message, *keys.values(), sender=sender)
    for index, key in enumerate(keys.values()):
        assert is_valid(mail, signed_with=key, index=index)


@pytest.mark.parametrize(
    "message",
    [
        Message("s", "", ""),
        Message("s", "\n\n\n", ""),
        Message("s", "text  with   spaces \t and tabs\t\n .\n..\nFrom here\n\n\n", ""),
        Message("é" * 300, "text", "<p>html</p>"),
        Message("word " * 60, "text\n\n", "<p>html</p>\n\n"),
    ],
)
def test_bodies_and_headers_that_canonical_forms_would_change(keys: dict[Algorithm, Key], message: Message) -> None:
    for key in keys.values():
        assert is_valid(built(message, key), signed_with=key)


def test_a_flipped_bit_makes_a_signature_fail(keys: dict[Algorithm, Key]) -> None:
    key = keys[Algorithm.ED25519]
    mail = built(Message("Two papers", "Hello there.\n", "<p>Hello there.</p>\n"), key)
    for part in (
        b"Two papers",
        b"ann@",
        b"<1@",
        b"unsubscribe/x",
        b"One-Click",
        b"Hello there.\r",
        b"<p>Hello",
        b"Daily",
    ):
        place = mail.rindex(part) + 1
        flipped = mail[:place] + bytes([mail[place] ^ 1]) + mail[place + 1 :]
        assert not is_valid(flipped, signed_with=key), part


def test_no_second_sender_can_be_added(keys: dict[Algorithm, Key]) -> None:
    key = keys[Algorithm.ED25519]
    assert not is_valid(b"From: eve@example.com\r\n" + built(Message("s", "t", "h"), key), signed_with=key)


def test_what_the_rules_for_bulk_mail_want_signed_is_signed(keys: dict[Algorithm, Key]) -> None:
    mail = built(Message("s", "t", "<p>h</p>"), keys[Algorithm.RSA]).decode()
    names = "".join(mail.partition("h=")[2].partition(";")[0].split()).split(":")
    assert names.count("from") == 2
    assert {"to", "subject", "date", "message-id", "mime-version", "content-type"} <= set(names)
    assert {"list-id", "list-unsubscribe", "list-unsubscribe-post"} <= set(names)
    assert " l=" not in mail.partition("From:")[0]
    assert f"t={int(NOW.timestamp())}" in mail


def test_the_same_mail_has_the_same_signature(keys: dict[Algorithm, Key]) -> None:
    message = Message("s", "t", "<p>h</p>")
    assert built(message, *keys.values()) == built(message, *keys.values())


def test_its_own_lines_are_short(keys: dict[Algorithm, Key]) -> None:
    head = built(Message("s", "t", "<p>h</p>"), *keys.values()).partition(b"\r\nFrom:")[0]
    assert all(len(line) <= 78 for line in head.split(b"\r\n"))


def test_a_key_is_in_no_printout(keys: dict[Algorithm, Key]) -> None:
    for key in keys.values():
        assert "private" not in repr(key).lower()


def test_a_key_file_is_ours_alone_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "dkim.pem"
    dkim.write_new_key(file)
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadSettings, match="already exists"):
        dkim.write_new_key(file)
    with pytest.raises(BadSettings, match="cannot be written"):
        dkim.write_new_key(tmp_path / "nowhere" / "dkim.pem")


def load(file: Path, algorithm: Algorithm = Algorithm.RSA, domain: str = "example.org") -> Key:
    return dkim.load_key(file, domain=domain, selector="papers", algorithm=algorithm)


def test_a_key_that_receivers_would_not_take_is_refused_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "dkim.pem"
    with pytest.raises(BadSettings, match="does not exist"):
        load(file)
    with pytest.raises(BadSettings, match="cannot be read"):
        load(tmp_path)
    short = generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - to be refused
    file.write_bytes(short.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    with pytest.raises(BadSettings, match="1024 bits"):
        load(file)
    with pytest.raises(BadSettings, match="not for ed25519"):
        load(file, Algorithm.ED25519)
    with pytest.raises(BadSettings, match="the DNS"):
        load(file, domain="example.org; p=x")
    file.write_text("-----BEGIN PRIVATE KEY-----\nsecret\n")
    with pytest.raises(BadSettings, match="PEM") as refused:
        load(file)
    assert "secret" not in str(refused.value)
    file.chmod(0o604)
    with pytest.raises(BadSettings, match="every user"):
        load(file)


def test_a_record_fits_into_the_strings_of_a_zone(keys: dict[Algorithm, Key]) -> None:
    line = dkim.zone_line(keys[Algorithm.RSA])
    name, _, strings = line.partition(" IN TXT ")
    assert name == "rsa._domainkey.example.org."
    parts = strings.strip('"').split('" "')
    assert all(len(part) <= 255 for part in parts)
    assert "".join(parts) == dkim.record_value(keys[Algorithm.RSA])
    raw = base64.b64decode(dkim.record_value(keys[Algorithm.ED25519]).rpartition("=")[0].partition("p=")[2] + "=")
    assert len(raw) == 32


@settings(max_examples=20)
@given(
    ANY,
    st.sampled_from(["ann@example.org", "ännchen@example.org"]),
    st.sets(st.sampled_from(["mailto", "page", "list"])),
)
def test_a_header_cut_once_for_many_mails_is_the_one_that_is_signed(
    keys: dict[Algorithm, Key], subject: str, recipient: str, has: set[str]
) -> None:
    """A signature is all that a signed mail has more, and is that of the fields as they stand in it."""
    headers = BulkHeaders(
        f"https://papers.example.org/unsubscribe/{len(subject)}",
        "mailto:leave+x@example.org" if "mailto" in has else "",
        archived_at="https://papers.example.org/digest/x" if "page" in has else "",
        reply_to="replies+x@example.org" if "page" in has else "",
        complaints="fbl@example.org",
    )
    unsigned, signed = (
        build(
            Message(subject, "text", "<p>HTML</p>" if "page" in has else ""),
            sender=SENDER,
            recipient=recipient,
            message_id=f"<{len(subject)}@example.org>",
            now=NOW,
            headers=headers if "list" in has else None,
            keys=with_keys,
        )
        for with_keys in ((), (keys[Algorithm.ED25519],))
    )
    assert signed.endswith(unsigned)
    header, _, body = unsigned.partition(b"\r\n\r\n")
    fields = [field.partition(": ") for field in re.split(r"\r\n(?! )", header.decode())]
    name, value = dkim.signature(
        keys[Algorithm.ED25519], [(name, value) for name, _, value in fields], body, signed_at=NOW
    )
    assert signed[: -len(unsigned)].decode() == f"{name}: {value}\r\n"
