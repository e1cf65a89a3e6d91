"""Commands that change which sources there are: add one by its address, feeds in and out as OPML."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dailypapers.cli.output import ATTENTION, OK, say
from dailypapers.errors import BadInput, BadSettings, FetchFailed
from dailypapers.setting_text import in_toml

if TYPE_CHECKING:
    from dailypapers.cli.shared import Context
    from dailypapers.settings import Settings, SourceSettings
    from dailypapers.sources.recognise import Setting


def add(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="A web address, or a category of arXiv such as cs.LG.")],
) -> None:
    """Recognise what an address is, try it, and write it into the settings."""
    from dailypapers.cli.sources import say_answer
    from dailypapers.domain.category import nearest_category
    from dailypapers.sources.recognise import setting_of, unknown_category_of

    if unknown := unknown_category_of(address):
        nearest = nearest_category(unknown)
        raise BadInput(f"arXiv has no category {unknown}{f'; did you mean {nearest}?' if nearest else '.'}")
    setting = setting_of(address)
    if setting is None:
        raise BadInput(f"“{address}” is neither a web address nor a category of arXiv.")
    settings = context.obj.settings()
    _refuse_known(settings, setting)
    say(f"{address} is a source of kind {setting['kind']}. Asking it …")
    try:
        say_answer(_tried(context.obj, setting))
    except FetchFailed as error:
        say(f"{error} It was not added.")
        raise typer.Exit(ATTENTION) from None
    _write(context.obj, settings, [setting])


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A list of feeds in OPML.", exists=True, dir_okay=False)],
) -> None:
    """Add all feeds of a list that another program has written (OPML); those that are known are left out."""
    from dailypapers.sources.recognise import read_opml

    try:
        outlines = read_opml(file.read_bytes())
    except FetchFailed as error:
        raise BadInput(f"{file}: {error}.") from None
    settings = context.obj.settings()
    urls, names = {each.url for each in settings.sources}, {each.label() for each in settings.sources}
    new: list[Setting] = []
    for outline in outlines:
        if outline.url not in urls:
            name = _unused(outline.name, names)
            new.append({"kind": "feed", "name": name, "url": outline.url})
            urls.add(outline.url)
            names.add(name)
    _write(context.obj, settings, new)


def export(context: typer.Context) -> None:
    """Print the feeds as a list for other programs (OPML)."""
    from dailypapers.sources.recognise import Outline, write_opml

    feeds = [each for each in context.obj.settings().sources if each.kind == "feed"]
    typer.echo(write_opml([Outline(each.label(), each.url) for each in feeds]), nl=False)


def _refuse_known(settings: "Settings", setting: "Setting") -> None:
    for each in settings.sources:
        if setting["kind"] == "feed" and each.url == setting["url"]:
            raise BadInput(f"{each.url} is a source already: {each.label()}.")
        if setting["kind"] == each.kind == "arxiv":
            raise BadInput(f"arXiv is a source already: add {in_toml(setting['categories'])} to its categories.")
        if setting["kind"] == each.kind and each.kind in {"huggingface", "biorxiv", "medrxiv"}:
            raise BadInput(f"{each.label()} is a source already.")


def _unused(name: str, names: set[str]) -> str:
    number = 2
    unused = name
    while unused in names:
        unused, number = f"{name} {number}", number + 1
    return unused


def _tried(context: "Context", setting: "Setting") -> Any:
    import asyncio
    import datetime as dt

    from dailypapers.assembly.sources import make_source
    from dailypapers.settings import SourceSettings

    source = make_source(SourceSettings.model_validate(dict(setting)))
    dependencies = context.app().dependencies

    async def ask() -> Any:
        async with dependencies.make_http() as http:
            return await source.fetch(http, None, now=dt.datetime.now(dt.UTC))

    return asyncio.run(ask())


def _write(context: "Context", settings: "Settings", new: "Sequence[Setting]") -> None:
    """Append sources to the settings file; what makes it invalid is taken back."""
    from dailypapers.settings import DEFAULT_FILE, load

    file = context.config or Path(DEFAULT_FILE)
    before = file.read_text("utf-8") if file.exists() else ""
    # With any sources of one's own the default ones are no longer used: they are written down as well.
    defaults = [] if "sources" in tomllib.loads(before) else [_shown(each) for each in settings.sources]
    tables = "".join(_table(each) for each in ([*defaults, *new] if new else []))
    file.write_text(before.rstrip("\n") + "\n" * bool(before) + tables, "utf-8")
    try:
        load(context.config)
    except BadSettings:
        file.write_text(before, "utf-8")
        raise
    say(f"{len(new)} sources added to {file}." if len(new) != 1 else f"Added to {file}.")
    raise typer.Exit(OK)


def _shown(source: "SourceSettings") -> Mapping[str, Any]:
    return source.model_dump(exclude_defaults=True)


def _table(setting: Mapping[str, Any]) -> str:
    return "\n[[sources]]\n" + "".join(f"{name} = {in_toml(value)}\n" for name, value in setting.items())
