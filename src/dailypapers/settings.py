"""Every setting, read from a TOML file and the environment, and checked at the door.

`config/dailypapers.toml` says why each is there. Settings stop at `app` and `cli`.
"""

import datetime as dt
import os
import re
import tomllib
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from dailypapers.domain.subscriber import parse_days
from dailypapers.errors import BadSettings

PREFIX = "DAILYPAPERS_"
DEFAULT_FILE = "dailypapers.toml"
_SECRETS = (("", "secret"), ("mail", "password"), ("database", "password"))


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"“{name}” is no time zone; use a name such as Europe/Berlin") from None
    return name


def _known_days(words: str) -> str:
    parse_days(words)
    return words


def _own_address(address: str) -> str:
    if address and not re.fullmatch(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+", address):
        raise ValueError(f"“{address}” is no plain address such as papers@example.org")
    return address


Address = Annotated[str, AfterValidator(_own_address)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Hour = Annotated[int, Field(ge=0, le=23)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Service(_Section):
    """Who we are."""

    name: str = "Daily Papers"
    base_url: str = "http://localhost:8000"
    zone: Zone = "UTC"
    secret_file: Path | None = Path("dailypapers.secret")
    templates: Path | None = None
    language: str = "en"
    locale: Path | None = None
    user_agent_contact: str = ""
    local_sources: bool = False

    @field_validator("base_url")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must start with https:// (or http:// on this machine)")
        return value.rstrip("/")

    @field_validator("templates", "locale", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None


class Database(_Section):
    """Where things are remembered."""

    url: str = "sqlite:///dailypapers.db"
    password: SecretStr | None = None


class Mail(_Section):
    """How mail leaves."""

    host: str = "localhost"
    port: Annotated[int, Field(ge=1, le=65535)] = 25
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: SecretStr | None = None
    from_address: Annotated[Address, Field(min_length=3)] = "papers@localhost"
    bounce_address: Address = ""
    owner: Address = ""
    connections: Annotated[int, Field(ge=1, le=100)] = 4
    per_connection: Annotated[int, Field(ge=1)] = 100
    timeout_seconds: Annotated[float, Field(gt=0)] = 60
    deadline_hours: Annotated[float, Field(gt=0)] = 20


class DigestDefaults(_Section):
    """What a digest is unless a reader says otherwise."""

    max_papers: Annotated[int, Field(ge=1, le=50)] = 10
    relevance: Annotated[float, Field(ge=0, lt=1)] = 0.5
    window_days: Annotated[int, Field(ge=1, le=90)] = 7
    hour: Hour = 7
    zone: Zone = "UTC"
    days: Annotated[str, AfterValidator(_known_days)] = "daily"


class Ranking(_Section):
    """How papers are ranked."""

    model: str = ""
    compare: Literal["", "words"] = ""
    compare_share: Annotated[float, Field(ge=0, le=1)] = 0.1


class Schedule(_Section):
    """When what runs by itself."""

    fetch_minutes: Annotated[int, Field(ge=5, le=1440)] = 30
    close_at: dt.time = dt.time(5, 30)


class Web(_Section):
    """Where the pages are served."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()


class Subscribe(_Section):
    """Who may subscribe, and how often somebody may ask."""

    open: bool = True
    per_network_hour: Annotated[int, Field(ge=1)] = 20
    overall_hour: Annotated[int, Field(ge=4)] = 300
    minimum_seconds: Annotated[float, Field(ge=0, le=60)] = 2
    check_mx: bool = True
    disposable_file: Annotated[Path | None, BeforeValidator(lambda value: value or None)] = None


class Inbound(_Section):
    """How mail comes in."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    protocol: Literal["lmtp", "smtp"] = "lmtp"
    subscribe_address: Address = ""
    unsubscribe_address: Address = ""
    max_bytes: Annotated[int, Field(ge=10_000)] = 1_000_000

    @model_validator(mode="after")
    def _addresses_and_port_go_together(self) -> "Inbound":
        if self.port and not (self.subscribe_address and self.unsubscribe_address):
            raise ValueError("a port needs subscribe_address and unsubscribe_address")
        if not self.port and (self.subscribe_address or self.unsubscribe_address):
            raise ValueError("subscribe_address and unsubscribe_address need a port where their mail comes in")
        return self


class SourceSettings(_Section):
    """One source."""

    kind: Literal["arxiv", "huggingface", "feed", "file"]
    name: str = ""
    categories: tuple[str, ...] = ()
    format: Literal["rss", "atom"] = "rss"
    url: str = ""
    path: Path | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> "SourceSettings":
        needed = {"arxiv": "categories", "feed": "url", "file": "path"}.get(self.kind)
        if needed and not getattr(self, needed):
            raise ValueError(f"a source of kind {self.kind} needs {needed}")
        return self

    def label(self) -> str:
        """The source's name: as set, or its kind."""
        return self.name or self.kind


_DEFAULT_SOURCES = (
    SourceSettings(kind="arxiv", categories=("cs.LG", "cs.CL", "cs.CV", "cs.AI", "stat.ML")),
    SourceSettings(kind="huggingface"),
)


class Settings(BaseSettings):
    """All settings. Unknown ones are refused: a typing error must not become a default in silence."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    service: Service = Service()
    database: Database = Database()
    mail: Mail = Mail()
    digest: DigestDefaults = DigestDefaults()
    ranking: Ranking = Ranking()
    schedule: Schedule = Schedule()
    web: Web = Web()
    subscribe: Subscribe = Subscribe()
    inbound: Inbound = Inbound()
    sources: tuple[SourceSettings, ...] = _DEFAULT_SOURCES
    secret: SecretStr | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the base class names the arguments
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, whose values come in as arguments."""
        return (env_settings, init_settings)

    @model_validator(mode="after")
    def _sources_have_different_names(self) -> "Settings":
        labels = [source.label() for source in self.sources]
        twice = sorted({label for label in labels if labels.count(label) > 1})
        if twice:
            raise ValueError(f"two sources are called {twice[0]}: give each a name of its own")
        return self


def load(path: Path | None = None) -> Settings:
    """Read the settings from `path`, or from dailypapers.toml here if there is one, and from the environment.

    Relative paths in the file are taken from where the file is. Raises `BadSettings` naming the setting, the value's
    place and what it should be.
    """
    file = path or (Path(DEFAULT_FILE) if Path(DEFAULT_FILE).exists() else None)
    values = _read(file) if file else {}
    _keep_secrets_out(values, file)
    _add_secret_files(values)
    try:
        return _anchored(Settings(**values), file.parent if file else Path())
    except ValidationError as error:
        raise BadSettings(_in_words(error, file)) from None


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise BadSettings(f"There is no {file}: `dailypapers init` writes one.") from None
    except OSError as error:
        raise BadSettings(f"{file} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{file} is no TOML: {error}.") from None


def _keep_secrets_out(values: dict[str, Any], file: Path | None) -> None:
    for section, name in _SECRETS:
        holder = values.get(section, {}) if section else values
        if isinstance(holder, dict) and name in holder:
            variable = _variable(section, name)
            raise BadSettings(f"{file}: {section} {name} does not belong here; set {variable} or {variable}_FILE.")


def _variable(section: str, name: str) -> str:
    return PREFIX + "__".join(part.upper() for part in (section, name) if part)


def _add_secret_files(values: dict[str, Any]) -> None:
    for section, name in _SECRETS:
        variable = f"{_variable(section, name)}_FILE"
        file = os.environ.get(variable)
        if file:
            holder = values.setdefault(section, {}) if section else values
            holder[name] = _secret_in(Path(file), variable)


def _secret_in(file: Path, variable: str) -> str:
    try:
        return file.read_text("utf-8").strip()
    except OSError as error:
        raise BadSettings(f"{variable} names {file}, which cannot be read: {error.strerror}.") from None


def _anchored(settings: Settings, folder: Path) -> Settings:
    """Take relative paths from the settings file's folder, so that it does not matter where a command is run."""
    service = settings.service.model_copy(
        update={
            "secret_file": folder / settings.service.secret_file if settings.service.secret_file else None,
            "templates": folder / settings.service.templates if settings.service.templates else None,
            "locale": folder / settings.service.locale if settings.service.locale else None,
        }
    )
    sources = tuple(s.model_copy(update={"path": folder / s.path if s.path else None}) for s in settings.sources)
    url = settings.database.url
    if url.startswith("sqlite:///") and not url.startswith("sqlite:////") and url != "sqlite:///:memory:":
        url = f"sqlite:///{folder / url.removeprefix('sqlite:///')}"
    database = settings.database.model_copy(update={"url": url})
    listed = settings.subscribe.disposable_file
    subscribe = settings.subscribe.model_copy(update={"disposable_file": folder / listed if listed else None})
    return settings.model_copy(
        update={"service": service, "sources": sources, "database": database, "subscribe": subscribe}
    )


def _in_words(error: ValidationError, file: Path | None) -> str:
    found = []
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        place = ".".join(str(part) for part in problem["loc"]) or "settings"
        if problem["type"] == "extra_forbidden":
            found.append(f"{place} is no setting we know")
        else:
            found.append(f"{place}: {problem['msg'].removeprefix('Value error, ')}")
    where = f"{file}" if file else "The environment"
    return f"{where}: {'; '.join(found)}. `config/dailypapers.toml` lists every setting."


def shipped(name: str) -> Path:
    """Where a shipped folder (templates, config, demo) is: in the wheel, or beside the source in a checkout."""
    packed = Path(__file__).parent / "_shipped" / name
    return packed if packed.exists() else Path(__file__).parents[2] / name
