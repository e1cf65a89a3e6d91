"""Mail from a mailbox is dealt with as mail that is handed over."""

from pathlib import Path

import sqlalchemy as sa
from tests.inbound.test_by_mail import OURS, letter, mails
from tests.playing_imap import PASSWORD, USER, playing_imap
from tests.web.conftest import NOW, SIGNER

from dailypapers.domain.preferences import Preferences
from dailypapers.domain.signup import Limits
from dailypapers.domain.subscriber import Amount, Rhythm
from dailypapers.inbound.by_mail import InboundHandler
from dailypapers.inbound.poll import poll
from dailypapers.mail.dns import Domains
from dailypapers.mail.incoming.imap import ImapServer
from dailypapers.mail.incoming.keep import KeptMail


def test_a_mailbox_holds_what_asks_to_subscribe_what_is_for_others_and_what_nobody_can_read(
    sqlite: sa.Engine, tmp_path: Path
) -> None:
    kept = KeptMail(tmp_path / "unread")
    desk = InboundHandler(
        sqlite,
        SIGNER,
        OURS,
        Preferences(Rhythm(), Amount(5)),
        Limits(overall_hour=8),
        Domains(),
        lambda: NOW,
        kept=kept,
    )
    with playing_imap() as box:
        for to in ("join@papers.example", "somebody@else.example", "bounces+x@papers.example"):
            box.deliver(f"Return-Path: <alice@example.org>\r\nDelivered-To: {to}\r\n".encode() + letter().content)
        server = ImapServer("127.0.0.1", box.port, "none", USER, PASSWORD)
        assert [poll(desk, server) for _ in range(2)] == [3, 0]
    assert mails(sqlite) == ["alice@example.org"]
    assert kept.count() == 1
