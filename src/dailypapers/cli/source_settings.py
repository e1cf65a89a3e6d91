"""Commands that change which sources there are: add one by its address, feeds in and out as OPML."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dailypapers.cli.output import ATTENTION, OK, counted, say
from dailypapers.domain.source import source_name
from dailypapers.errors import BadInput, BadSettings, FetchFailed
from dailypapers.setting_text import in_toml

if TYPE_CHECKING:
    from dailypapers.cli.shared import Context
    from dailypapers.domain.source import Fetched
    from dailypapers.settings import Settings, SourceSettings
    from dailypapers.sources.http.client import Http
    from dailypapers.sources.recognise import Outline, Setting


def add(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="A web address, or a category of arXiv such as cs.LG.")],
) -> None:
    """Recognise what an address is, try it, and write it into the settings."""
    import asyncio

    from dailypapers.cli.sources import say_answer
    from dailypapers.sources.recognise import setting_of, unknown_sentence

    if sentence := unknown_sentence(address):
        raise BadInput(sentence)
    setting = setting_of(address)
    if setting is None:
        raise BadInput(f"“{address}” is neither a web address nor a category of arXiv.")
    settings = context.obj.settings()
    _refuse_known(settings, setting)
    say(f"{address} is a source of kind {setting['kind']}. Asking it …")
    try:
        setting, answer = asyncio.run(_tried(context.obj, settings, setting))
    except FetchFailed as error:
        say(f"{error} It was not added.")
        raise typer.Exit(ATTENTION) from None
    say_answer(answer)
    if not answer.items:
        say("There are no papers in it at present.")
    _write(context.obj, settings, [setting])


async def _tried(context: "Context", settings: "Settings", setting: "Setting") -> "tuple[Setting, Fetched]":
    """Ask a source once; returns its settings, with a feed's own address and an unused name, and the answer."""
    import datetime as dt

    from dailypapers.assembly.sources import make_source
    from dailypapers.settings import SourceSettings

    async with context.app().dependencies.make_http() as http:
        if setting["kind"] == "feed":
            setting = await _with_feed(http, settings, setting)
        source = make_source(SourceSettings.model_validate(dict(setting)))
        return setting, await source.fetch(http, None, now=dt.datetime.now(dt.UTC))


async def _with_feed(http: "Http", settings: "Settings", setting: "Setting") -> "Setting":
    """Follow a web page to the feed it names, and name the feed by its host, or by its title where that is taken."""
    from dailypapers.sources.feed import find_feeds
    from dailypapers.sources.http.client import shown

    address = str(setting["url"])
    lookup = await find_feeds(http, address)
    if (url := lookup.urls[0]) != address:
        say(f"It is a web page, which names the feed {shown(url)}.")
        for other in lookup.urls[1:]:
            say(f"It also names {shown(other)}, which can be added by that address.")
        _refuse_known(settings, {**setting, "url": url})
        lookup = await find_feeds(http, url)
    names = {each.label() for each in settings.sources}
    name = next((each for each in (str(setting["name"]), lookup.title) if each and each not in names), "")
    return {**setting, "name": name or _unused(str(setting["name"]), names), "url": url}


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
    for outline in outlines:
        if not outline.url:
            say(f"“{outline.name}” was left out: its address is not one of the web.")
    settings = context.obj.settings()
    new = _new_sources(settings, [outline for outline in outlines if outline.url])
    _write(context.obj, settings, new)


def _new_sources(settings: "Settings", outlines: "Sequence[Outline]") -> "list[Setting]":
    """Return the settings of sources that are not known yet, and say how many are; arXiv's feeds become one source."""
    from dailypapers.sources.recognise import setting_of

    urls, names = {each.url for each in settings.sources}, {each.label() for each in settings.sources}
    new: list[Setting] = []
    categories: list[str] = []
    known = 0
    for outline in outlines:
        recognised = setting_of(outline.url) or {}
        if recognised.get("kind") == "arxiv":
            categories.extend(recognised["categories"])
        elif outline.url in urls:
            known += 1
        else:
            name = _unused(outline.name, names)
            new.append({"kind": "feed", "name": name, "url": outline.url})
            urls.add(outline.url)
            names.add(name)
    if known:
        say(f"{counted(known, 'feed')} left out: there is a source with that address.")
    return new + _new_arxiv(settings, categories)


def _new_arxiv(settings: "Settings", categories: "Sequence[str]") -> "list[Setting]":
    """Return the source that arXiv's feeds of a list are, or say which categories its source lacks."""
    if not categories:
        return []
    arxiv: Setting = {"kind": "arxiv", "categories": tuple(dict.fromkeys(categories))}
    try:
        _refuse_known(settings, arxiv)
    except BadInput as error:
        say(str(error))
        return []
    return [arxiv]


def export(context: typer.Context) -> None:
    """Print the feeds as a list for other programs (OPML), without passwords in their addresses."""
    from dailypapers.sources.http.client import without_password
    from dailypapers.sources.recognise import Outline, write_opml

    feeds = [each for each in context.obj.settings().sources if each.kind == "feed"]
    typer.echo(write_opml([Outline(each.label(), without_password(each.url)) for each in feeds]), nl=False)
    for feed in feeds:
        if without_password(feed.url) != feed.url:
            say(f"The password for {feed.label()} is left out; the other program has to ask for it.")


def _refuse_known(settings: "Settings", setting: "Setting") -> None:
    for each in settings.sources:
        if setting["kind"] == "feed" and each.url == setting["url"]:
            raise BadInput(f"{each.url} is a source already: {each.label()}.")
        if setting["kind"] == each.kind and each.kind in {"arxiv", "huggingface", "biorxiv", "medrxiv"}:
            name, wanted = source_name(each.kind), setting.get("categories", ())
            missing = tuple(code for code in wanted if code not in each.categories)
            add = f": add {in_toml(missing)} to its categories." if missing and each.categories else "."
            raise BadInput(f"{name} is a source already{add}")


def _unused(name: str, names: set[str]) -> str:
    number = 2
    unused = name
    while unused in names:
        unused, number = f"{name} {number}", number + 1
    return unused


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
