"""The servers that tests talk to leave nothing behind that a later test would stumble over."""

import gc
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from tests.playing_smtp import Server, playing_smtp
from tests.smtp_sink import Sink, smtp_sink


@pytest.mark.parametrize("started", [smtp_sink, playing_smtp])
def test_who_connects_at_the_very_end_is_hung_up_on(
    started: Callable[[], AbstractContextManager[Sink | Server]],
) -> None:
    for count in range(1, 4):
        with started() as server:
            clients = [socket.create_connection((server.host, server.port)) for _ in range(count)]
        for client in clients:
            client.close()
    gc.collect()
