"""The reference pages, made from the code whenever the site is built (a hook of MkDocs, see mkdocs.yml).

Settings: names, kinds and defaults from `settings.py`, the reason of each from `config/dailypapers.toml`. Commands:
from what `--help` says. API: from its table of operations.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from typer.core import TyperArgument, TyperCommand, TyperGroup

from dailypapers.cli.main import commands
from dailypapers.settings import PREFIX, MailServerSettings, OutgoingWebhook, Settings, SourceSettings
from dailypapers.web.api.openapi import kinds_of
from dailypapers.web.api.operation import Operation
from dailypapers.web.api.problem import Kind
from dailypapers.web.api.table import OPERATIONS

CONFIG = Path(__file__).parents[1] / "config" / "dailypapers.toml"
_SETTING = re.compile(r"^# (?P<name>\w+) = (?P<rest>.*)$")
_SECTION = re.compile(r"^\[(?P<name>[\w.]+)\] *(?:# *(?P<why>.*))?$")
_COMMENT = re.compile(r" {2,}# *(?P<why>.*)$")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the reference pages to those that are files."""
    files.append(File.generated(config, "reference/settings.md", content=settings_page()))
    files.append(File.generated(config, "reference/commands.md", content=commands_page()))
    files.append(File.generated(config, "reference/api.md", content=api_page()))
    return files


def settings_page() -> str:
    """Write the page of settings: a section each, its fields with kind, default and reason."""
    lines = [
        "# Settings",
        "",
        "`dailypapers init` writes `dailypapers.toml` with every setting in it. Each can also come from the",
        f"environment, which wins: `{PREFIX}MAIL__HOST=smtp.example.org` sets `host` in `[mail]`. Secrets come from",
        f"the environment only: `{PREFIX}SECRET`, `{PREFIX}MAIL__PASSWORD`, `{PREFIX}DATABASE__PASSWORD`, or these",
        "names followed by `_FILE`, naming a file that holds the secret.",
    ]
    reasons = settings_reasons()
    for name, field in Settings.model_fields.items():
        if isinstance(section := field.annotation, type) and issubclass(section, BaseModel):
            about = reasons.get((name, "")) or section.__doc__ or ""
            lines += ["", f"## [{name}]", "", f"{about[:1].upper()}{about[1:].rstrip('.')}.", ""]
            lines += _table(name, section, reasons)
    of_each = {**{key: why for (section, key), why in reasons.items() if section == "mail"}, **_of_servers(reasons)}
    reasons |= {("mail.servers", key): why for key, why in of_each.items()}
    lines += ["", "## [[mail.servers]]", "", *_table("mail.servers", MailServerSettings, reasons)]
    lines += ["", "## [[webhooks.outgoing]]", "", *_table("webhooks.outgoing", OutgoingWebhook, reasons)]
    lines += ["", "## [[sources]]", "", *_table("sources", SourceSettings, reasons), ""]
    lines += ["The shipped file shows an example of each kind:", "", "```toml", *_example_sources(), "```", ""]
    return "\n".join(lines)


def _of_servers(reasons: dict[tuple[str, str], str]) -> dict[str, str]:
    return {key: why for (section, key), why in reasons.items() if section == "mail.servers" and why}


def settings_reasons() -> dict[tuple[str, str], str]:
    """Read why each setting is there from the shipped settings file, by section and name."""
    reasons: dict[tuple[str, str], str] = {}
    section = ""
    for line in CONFIG.read_text("utf-8").splitlines():
        if opened := _SECTION.match(line.removeprefix("# ").replace("[[", "[").replace("]]", "]")):
            section = opened["name"]
            reasons.setdefault((section, ""), opened["why"] or "")
        elif setting := _SETTING.match(line):
            comment = _COMMENT.search(setting["rest"])
            reasons.setdefault((section, setting["name"]), comment["why"] if comment else "")
    return reasons


def _example_sources() -> list[str]:
    lines = CONFIG.read_text("utf-8").splitlines()
    first, last = lines.index("# [[sources]]"), max(n for n, line in enumerate(lines) if line.startswith("# path = "))
    return [line.removeprefix("# ") for line in lines[first : last + 1]]


def _table(section: str, model: type[BaseModel], reasons: dict[tuple[str, str], str]) -> Iterator[str]:
    yield from ("| setting | value | default | |", "|---|---|---|---|")
    for name, field in model.model_fields.items():
        if not {SecretStr, OutgoingWebhook} & {field.annotation, *get_args(field.annotation)}:
            cells = f"`{name}`", _kind(field), _default(field), reasons.get((section, name), "")
            yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _kind(field: FieldInfo) -> str:
    """Name what a field takes, in the words of somebody who writes TOML."""
    kinds = [kind for kind in (get_args(field.annotation) or (field.annotation,)) if kind is not type(None)]
    if get_origin(field.annotation) is tuple:
        return "list"
    if all(isinstance(kind, str) for kind in kinds):
        return " or ".join(f'`"{kind}"`' for kind in kinds)
    names = {"str": "text", "int": "whole number", "float": "number", "bool": "`true` or `false`", "Path": "path"}
    named = " or ".join(names.get(getattr(kind, "__name__", ""), "text") for kind in kinds)
    return ", ".join([named, *_bounds(field)])


def _bounds(field: FieldInfo) -> Iterator[str]:
    for limit in field.metadata:
        for sign, name in (("≥", "ge"), (">", "gt"), ("≤", "le"), ("<", "lt")):
            if (bound := getattr(limit, name, None)) is not None:
                yield f"{sign} {bound}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is None or value in ("", ()):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def commands_page() -> str:
    """Write the page of commands: for each what it does, its arguments and its options."""
    group = typer.main.get_command(commands)
    lines = ["# Commands", "", group.help or "", ""]
    lines += ["Exit codes: 0 success, 1 finished but something needs attention, 2 wrong input or setting,"]
    lines += ["3 the database or the mail server does not answer.", ""]
    for name, command in _walk(group, "dailypapers"):
        lines += [f"## {name}", "", *_described(command), ""]
    return "\n".join(lines)


def _walk(command: object, name: str) -> Iterator[tuple[str, TyperCommand | TyperGroup]]:
    if isinstance(command, TyperGroup):
        yield name, command
        for word, below in command.commands.items():
            yield from _walk(below, f"{name} {word}")
    elif isinstance(command, TyperCommand):
        yield name, command


def _described(command: TyperCommand | TyperGroup) -> Iterator[str]:
    yield from ((command.help or "").replace("\b\n", "").strip(), "")
    parameters = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    rows = [_row(parameter) for parameter in parameters if parameter.name != "help"]
    if rows:
        yield from ("| | |", "|---|---|", *rows)


def _row(parameter: object) -> str:
    names = [*getattr(parameter, "opts", ()), *getattr(parameter, "secondary_opts", ())]
    if isinstance(parameter, TyperArgument):
        names = [(parameter.name or "").upper()]
    text = " ".join((getattr(parameter, "help", "") or "").split()).replace("|", "\\|").replace("<", "&lt;")
    return f"| {', '.join(f'`{name}`' for name in names)} | {text} |"


def api_page() -> str:
    """Write the page of the API: each operation with what it takes, what it answers, and what can go wrong."""
    lines = [
        "# API",
        "",
        "All paths begin with `/api/v1`. What holds for all of them is in the [guide](../guide/api.md); the same is at",
        "`/api/v1/openapi.json` of your service (OpenAPI 3.1).",
    ]
    for operation in OPERATIONS:
        lines += ["", f"## {operation.summary}", "", *_operation(operation)]
    lines += ["", "## Problems", "", "| type | status | means |", "|---|---|---|"]
    lines += [f"| `{kind.slug}` | {kind.status} | {kind.meaning} |" for kind in Kind]
    return "\n".join([*lines, ""])


def _operation(operation: Operation) -> Iterator[str]:
    scope = f" · scope `{operation.scope}`" if operation.scope else " · any key" if operation.any_key else " · no key"
    yield from (f"`{operation.method} {operation.path}`{scope}", "", operation.description, "")
    parameters = (*operation.parameters, *operation.headers)
    if parameters:
        rows = (f"| `{each.name}` | {each.where} | {each.description} |" for each in parameters)
        yield from ("| | in | |", "|---|---|---|", *rows, "")
    if operation.body_example:
        yield from ("It takes:", "", *_json(operation.body_example))
    for status, reply in operation.replies.items():
        yield f"**{status}** {reply.description}"
        yield from ("", *(_json(reply.example) if reply.schema and operation.name != "describe" else ()))
    yield f"What can go wrong: {', '.join(f'`{kind.slug}`' for kind in kinds_of(operation))}."


def _json(value: object) -> list[str]:
    return ["```json", *json.dumps(value, indent=2, ensure_ascii=False).splitlines(), "```", ""]
