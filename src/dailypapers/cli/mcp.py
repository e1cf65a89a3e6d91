"""The command that lets a reader's assistant look at their papers."""

import os

import typer

from dailypapers.cli.shared import clock
from dailypapers.errors import BadSettings

#: A key in the command line could be read by everybody on the machine.
KEY = "DAILYPAPERS_READER_KEY"


def mcp(context: typer.Context) -> None:
    """Answer an assistant over standard input and output (Model Context Protocol), for one reader.

    The reader's key, from their preferences page, is taken from DAILYPAPERS_READER_KEY.
    """
    from dailypapers.library.search import Finder

    try:
        from dailypapers.mcp.answers import Assistant
        from dailypapers.mcp.server import make_server
    except ModuleNotFoundError as error:
        raise BadSettings("`dailypapers mcp` needs the extra: pip install 'dailypapers[mcp]'.") from error
    app = context.obj.app()
    assistant = Assistant(app.engine, clock(None), Finder(app.engine))
    make_server(assistant, key=os.environ.get(KEY, "")).run("stdio")
