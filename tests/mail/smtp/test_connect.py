"""Connecting: who we say we are, and what is said where it fails, in words an operator can act on."""

import asyncio
import re
import socket
import ssl
from pathlib import Path

import pytest
from tests.playing_smtp import Script, make_contexts, playing_smtp
from tests.smtp_sink import Rule, smtp_sink

from dailypapers.errors import MailServerUnreachable
from dailypapers.mail.smtp.connect import MailServer, connect, hang_up
from dailypapers.mail.smtp.pipeline import Pipeline
from dailypapers.mail.smtp.transport import SmtpTransport


@pytest.mark.parametrize(
    ("machine", "configured", "said"),
    [
        ("mail.example.org", "", "mail.example.org"),
        ("mail.example.org", "out.example.org", "out.example.org"),
        ("mail.example.org", "bücher.example", "xn--bcher-kva.example"),
        ("localhost", "", "[127.0.0.1]"),
        ("localhost.localdomain", "", "[127.0.0.1]"),
        ("1.0.0.127.in-addr.arpa", "", "[127.0.0.1]"),
        ("my_host", "", "[127.0.0.1]"),
        ("3f2a9c81d0be", "", "[127.0.0.1]"),
        ("büro", "", "[127.0.0.1]"),
        ("printer room", "", "[127.0.0.1]"),
        ("printer.local", "", "[127.0.0.1]"),
    ],
)
async def test_we_introduce_ourselves_by_a_full_name_or_an_address(
    monkeypatch: pytest.MonkeyPatch, machine: str, configured: str, said: str
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: machine)
    monkeypatch.setattr(socket, "getfqdn", lambda _name="": machine)
    with smtp_sink() as sink:
        client = await connect(MailServer(sink.host, sink.port, "none", timeout=5, hello_name=configured))
        await hang_up(client)
    assert sink.commands[0] == f"EHLO {said}"


async def test_our_name_is_looked_up_once_however_many_connections_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name server each look-up takes some ten seconds, and a connection carries a hundred mails."""
    asked: list[str] = []

    def slow(name: str = "") -> str:
        asked.append(name)
        return "papers.example.org"

    monkeypatch.setattr(socket, "gethostname", lambda: "a machine of its own")
    monkeypatch.setattr(socket, "getfqdn", slow)
    with smtp_sink() as sink:
        for _ in range(3):
            await hang_up(await connect(MailServer(sink.host, sink.port, "none", timeout=5)))
    assert asked == ["a machine of its own"]
    assert sink.commands.count("EHLO papers.example.org") == 3


async def failure(server: MailServer) -> str:
    with pytest.raises(MailServerUnreachable) as refused:
        await SmtpTransport(server).check()
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert not re.search(r"Errno|_ssl|Error|Exception|\.\.|\(|\[", sentence), sentence
    return sentence


async def test_a_server_that_is_down_is_said_to_be_in_plain_words() -> None:
    assert await failure(MailServer("127.0.0.1", 1, "none")) == (
        "The mail server 127.0.0.1:1 cannot be used: it refuses connections on this port."
    )
    assert "its name could not be resolved" in await failure(MailServer("no-such-host.invalid", 25, "none"))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule("connect", "hang up"), "it closed the connection"),
        (Rule("connect", "silence"), "it did not answer within 0.1 seconds"),
        (Rule("ehlo", "hang up"), "it closed the connection"),
    ],
)
async def test_a_server_that_says_nothing_is_said_to(rule: Rule, words: str) -> None:
    with smtp_sink(rule) as sink:
        assert words in await failure(MailServer(sink.host, sink.port, "none", timeout=0.1))


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    folder: Path = tmp_path_factory.mktemp("tls")
    return make_contexts(folder)


async def test_tls_on_the_wrong_port_names_the_setting(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    ours, theirs = contexts
    with playing_smtp(Script()) as in_the_clear:
        early = MailServer(in_the_clear.host, in_the_clear.port, "tls", timeout=2, trusted=theirs)
        assert "Set mail.security to starttls" in await failure(early)
    with playing_smtp(Script(tls=ours, tls_at_once=True)) as at_once:
        late = MailServer(at_once.host, at_once.port, "starttls", timeout=0.2, trusted=theirs)
        assert "set mail.security to tls" in await failure(late)
    with smtp_sink() as without:
        assert "Set mail.security to tls" in await failure(MailServer(without.host, without.port, "starttls"))


@pytest.mark.parametrize("ahead", [False, True])
async def test_the_servers_end_of_tls_is_not_waited_for(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext], *, ahead: bool
) -> None:
    ours, theirs = contexts
    with smtp_sink(Rule("quit", "500 5.5.1 stay a while"), tls=ours) as sink:
        client = await connect(MailServer(sink.host, sink.port, "starttls", timeout=5, trusted=theirs))
        connection = client.get_transport_info("socket")
        if ahead:
            await Pipeline(client, timeout=5, longest_wait=5).quit()
        else:
            await hang_up(client)
        await asyncio.sleep(0)
        assert connection.fileno() == -1
