"""Mail is taken from a mailbox, once, and stays there; what could not be dealt with comes again."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from tests.playing_imap import PASSWORD, USER, closed_port, playing_imap
from tests.playing_smtp import make_contexts

from dailypapers.errors import MailServerUnreachable
from dailypapers.mail.incoming.imap import ImapServer, incoming, poll
from dailypapers.mail.incoming.parse import Incoming

MAIL = b"Return-Path: <eve@y.example>\r\nDelivered-To: join@ours.example\r\nTo: a@else.example\r\n\r\nhi\r\n"


def is_ours(address: str) -> bool:
    return address.endswith("@ours.example")


def server(port: int) -> ImapServer:
    return ImapServer("127.0.0.1", port, "none", USER, PASSWORD, timeout=20, max_bytes=5_000)


def test_unseen_mail_is_dealt_with_once_and_never_deleted() -> None:
    taken: list[Incoming] = []

    def take(mail: Incoming) -> str:
        taken.append(mail)
        return "250 OK"

    with playing_imap() as box:
        box.deliver(MAIL)
        assert [poll(server(box.port), take, is_ours=is_ours) for _ in range(2)] == [1, 0]
        box.deliver(MAIL)
        assert poll(server(box.port), take, is_ours=is_ours) == 1
        assert len(box.mails) == 2
        assert not {"EXPUNGE", "COPY", "MOVE"}.intersection(box.commands)
    assert taken == [Incoming("eve@y.example", "join@ours.example", MAIL)] * 2


def test_what_could_not_be_dealt_with_comes_again() -> None:
    answers = iter(["451 later", "raise", "550 no"])

    def take(_mail: Incoming) -> str:
        answer = next(answers)
        if answer == "raise":
            raise RuntimeError("broken")
        return answer

    with playing_imap() as box:
        box.deliver(MAIL)
        assert [poll(server(box.port), take, is_ours=is_ours) for _ in range(4)] == [0, 0, 1, 0]


def test_a_mail_too_large_stays_and_is_not_fetched() -> None:
    with playing_imap() as box:
        uid = box.deliver(MAIL * 100)
        box.deliver(MAIL)
        assert poll(server(box.port), lambda _: "250 OK", is_ours=is_ours) == 1
        assert box.flags[uid] == {"\\Seen"}


def test_a_mailbox_that_cannot_be_read_is_named() -> None:
    with playing_imap() as box:
        for wrong in (replace(server(box.port), password="no"), replace(server(box.port), folder='Bounces "new"')):
            with pytest.raises(MailServerUnreachable, match="cannot be read"):
                poll(wrong, lambda _: "250 OK", is_ours=is_ours)
    with pytest.raises(MailServerUnreachable, match="cannot be read"):
        poll(server(closed_port()), lambda _: "250 OK", is_ours=is_ours)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_mailbox_is_read_over_tls_by_who_is_trusted_alone(
    tmp_path: Path, security: Literal["tls", "starttls"]
) -> None:
    tls, trusting = make_contexts(tmp_path)
    with playing_imap(tls, at_once=security == "tls") as box:
        box.deliver(MAIL)
        asked = replace(server(box.port), host="localhost", security=security)
        assert poll(replace(asked, trusted=trusting), lambda _: "250 OK", is_ours=is_ours) == 1
        with pytest.raises(MailServerUnreachable, match="it does not speak TLS as expected"):
            poll(asked, lambda _: "250 OK", is_ours=is_ours)
        assert (box.secured, box.commands.count("LOGIN")) == (2, 1), "no password leaves in the clear"


def test_what_went_wrong_is_said_in_plain_english() -> None:
    with pytest.raises(MailServerUnreachable) as caught:
        poll(server(closed_port()), lambda _: "250 OK", is_ours=is_ours)
    assert str(caught.value).endswith("cannot be read: it refuses connections on this port.")


def test_the_recipient_is_the_first_of_ours_that_is_named() -> None:
    plus = b"To: x@y.example, B <b+Token@ours.example>\r\n\r\n"
    assert incoming(plus, is_ours) == Incoming("", "b+Token@ours.example", plus)
    assert incoming(b"To: x@y.example\r\n\r\n", is_ours).recipient == ""
