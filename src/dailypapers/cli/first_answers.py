"""What `init` is told or asks for, and the settings that come of it."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace

import typer

from dailypapers.errors import BadInput

_TLS_PORT = 465
_LOCAL = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers; what is empty keeps its default."""

    from_address: str = ""
    operator: str = ""
    server: str = ""
    username: str = ""
    base_url: str = ""
    sources: str = ""

    @property
    def is_any(self) -> bool:
        """Whether anything was answered."""
        return any(astuple(self))

    @property
    def operator_address(self) -> str:
        """The operator's address without their name; empty where none was given."""
        return _named(self.operator)[1]

    def settings(self, commented: str) -> str:
        """Return the settings file. Raises `BadInput` for an answer that cannot be understood."""
        from dailypapers.setting_text import with_answers
        from dailypapers.sources.names import settings_of

        return with_answers(commented, dict(self.by_setting()), settings_of(self.sources))

    def by_setting(self) -> Iterator[tuple[tuple[str, str], str | int]]:
        """Yield section, name and value of each setting. Raises `BadInput` for a server that is none."""
        name, address = _named(self.from_address)
        operator = self.operator_address
        plain = (
            ("service", "name", name),
            ("mail", "from_address", address),
            ("mail", "owner_address", operator),
            ("operator", "email", operator),
            ("mail", "username", self.username),
            ("service", "base_url", self.base_url),
        )
        yield from (((section, name), value) for section, name, value in plain if value)
        if self.server:
            yield from self._server()

    def _server(self) -> Iterator[tuple[tuple[str, str], str | int]]:
        """Return host, port, and what secures the connection: TLS at once on 465, none on this machine."""
        host, _, port = self.server.rpartition(":") if ":" in self.server else (self.server, "", "")
        if port and not port.isdecimal():
            raise BadInput(f"“{self.server}” is not a mail server; write it like smtp.example.org:587.")
        yield ("mail", "host"), host
        if port:
            yield ("mail", "port"), int(port)
        if host in _LOCAL:
            yield ("mail", "security"), "none"
        elif port and int(port) == _TLS_PORT:
            yield ("mail", "security"), "tls"


def _named(sender: str) -> tuple[str, str]:
    """Return the name and the address of `Name <address>` (RFC 5322 3.4); no name where there is only an address."""
    name, separator, address = sender.strip().rpartition("<")
    if not separator or not address.endswith(">"):
        return "", sender.strip()
    return name.strip().strip('"').strip(), address.removesuffix(">").strip()


def ask_for(answers: Answered) -> Answered:
    """Ask at the terminal for what was not given; an empty answer keeps the default."""
    from dailypapers.sources.names import settings_of

    questions = {
        "from_address": "The sender that readers see (Daily Papers <papers@example.org>)",
        "operator": "Your own address, for reports and alerts",
        "server": "The SMTP server, as HOST:PORT (localhost)",
        "username": "Its user name, if it wants one",
        "base_url": "Where readers reach the pages (http://localhost:8000)",
    }
    for name, question in questions.items():
        if not getattr(answers, name):
            answers = replace(answers, **{name: _answer_to(name, question)})
    while not answers.sources:
        sources = _answer("Sources, such as: cs.LG, Hugging Face, bioRxiv neuroscience")
        if not sources:
            break
        try:
            settings_of(sources)
        except BadInput as error:
            typer.echo(str(error), err=True)
            continue
        answers = replace(answers, sources=sources)
    return answers


def ask_for_topics() -> tuple[str, ...]:
    """Ask what the operator reads about."""
    topics = _answer("Topics of your own, separated by commas, for digests to you (none)")
    return tuple(filter(None, map(str.strip, topics.split(","))))


def _answer_to(name: str, question: str) -> str:
    """Ask until the answer can be a setting, or is empty."""
    while answer := _answer(question):
        why = _refusal(name, answer)
        if not why:
            break
        typer.echo(why, err=True)
    return answer


def _refusal(name: str, answer: str) -> str:
    """Return why an answer cannot be a setting; empty where it can."""
    from dailypapers.settings import refusal

    try:
        settings = [*Answered(**{name: answer}).by_setting()]
    except BadInput as error:
        return str(error)
    why = next(filter(None, (refusal(section, field, value) for (section, field), value in settings)), "")
    if not why:
        return ""
    return f"{why}." if answer in why else f"“{answer}” {why}."


def _answer(question: str) -> str:
    answer: str = typer.prompt(question, default="", show_default=False, err=True)
    return answer.strip()
