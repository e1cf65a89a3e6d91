"""The Model Context Protocol as the SDK's own client speaks it: in process, and with the real command."""

import json
import sys
from pathlib import Path

import sqlalchemy as sa
from tests.web.a_digest import GRAPHS, NOW, a_digest

from dailypapers.accounts import reader_keys as keys
from dailypapers.library.search import Finder
from dailypapers.mcp.answers import Assistant
from dailypapers.mcp.server import make_server
from dailypapers.store.database import connect, writing
from mcp import Client, StdioServerParameters

ROOT = Path(__file__).parents[2]


def a_key(engine: sa.Engine, *, may_act: bool) -> str:
    got = a_digest(engine)
    with writing(engine) as tx:
        return keys.add(tx, got.reader, may_act=may_act, now=NOW)


async def test_tools_say_what_they_do_answer_and_refuse_in_words(sqlite: sa.Engine) -> None:
    server = make_server(Assistant(sqlite, lambda: NOW, Finder(sqlite)), key=a_key(sqlite, may_act=False))
    async with Client(server) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"todays_picks", "search", "why", "saved", "save", "vote"}
        read_only = {name for name, tool in tools.items() if tool.annotations and tool.annotations.read_only_hint}
        assert read_only == set(tools) - {"save", "vote"}
        assert set(tools["vote"].input_schema["properties"]) == {"paper", "wants"}
        picks = await client.call_tool("todays_picks", {})
        assert picks.structured_content
        assert picks.structured_content["papers"][0]["title"] == GRAPHS.title
        refused = await client.call_tool("save", {"paper": str(GRAPHS.id)})
        assert refused.is_error
        assert "may only read" in str(refused.content)
        assert (await client.call_tool("vote", {"paper": "x", "wants": "everything"})).is_error


async def test_the_command_answers_over_standard_input_and_output(migrated: Path, tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{migrated}")
    key = a_key(engine, may_act=True)
    engine.dispose()
    settings = '[mail]\nfrom_address = "papers@example.org"\n[service]\nbase_url = "https://papers.example.org"\n'
    (tmp_path / "dailypapers.toml").write_text(settings, "utf-8")
    environment = {
        "DAILYPAPERS_READER_KEY": key,
        "DAILYPAPERS_SECRET": "x" * 40,
        "PYTHONPATH": str(ROOT / "src"),
    }
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "dailypapers", "mcp"], env=environment, cwd=tmp_path
    )
    async with Client(command) as client:
        done = await client.call_tool("vote", {"paper": "arXiv:2604.00001", "wants": "more"})
        assert json.loads(done.content[0].text)["vote"] == "like"  # type: ignore[union-attr]
