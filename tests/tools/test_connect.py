"""Connecting a tool: what is stored, and what cannot be a key."""

import pytest
import sqlalchemy as sa
from tests.web.a_digest import a_digest
from tests.web.conftest import NOW

from dailypapers.domain.tool import ToolKind, ToolState
from dailypapers.encryption import decrypt
from dailypapers.errors import BadInput
from dailypapers.store import tools
from dailypapers.store.database import writing
from dailypapers.tools.connect import connect, purpose_of

SECRET = b"the service's secret"


def test_a_key_is_stored_for_one_reader_and_one_tool_alone(engine: sa.Engine) -> None:
    reader = a_digest(engine).reader
    with writing(engine) as tx:
        connect(tx, SECRET, reader, ToolKind.ZOTERO, key=" a-key-of-alice\n", now=NOW)
        (tool,) = tools.of_subscriber(tx, reader)
    assert (tool.state, tool.target) == (ToolState.NEW, "")
    assert "alice" not in repr(tool)
    assert decrypt(SECRET, tool.key, purpose=purpose_of(ToolKind.ZOTERO), owner=reader) == "a-key-of-alice"


@pytest.mark.parametrize("key", ["", "short", "with a space in it", "ключ-ключ-ключ", "x" * 500, "line\nbreak-break"])
def test_what_cannot_be_a_key_is_refused_without_being_repeated(key: str) -> None:
    with sa.create_engine("sqlite://").connect() as tx:
        with pytest.raises(BadInput, match="This is not a key") as caught:
            connect(tx, SECRET, 1, ToolKind.ZOTERO, key=key, now=NOW)
        assert not key or key not in str(caught.value)
        with pytest.raises(BadInput, match="Notion database"):
            connect(tx, SECRET, 1, ToolKind.NOTION, key="ntn_secret", target="https://www.notion.so/alice", now=NOW)
