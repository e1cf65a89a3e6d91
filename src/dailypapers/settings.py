"""Every setting, read from a TOML file and the environment, and validated before anything else is done.

`config/dailypapers.toml` says why each is there. Settings stop at `app` and `cli`.
"""

import datetime as dt
import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

import structlog
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
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from dailypapers.domain.category import is_arxiv_category, nearest_category, unknown_subject
from dailypapers.domain.event import EventKind
from dailypapers.domain.subscriber import parse_days
from dailypapers.domain.zone import knows_zone
from dailypapers.errors import BadSettings
from dailypapers.setting_errors import in_toml, nearest, sentence

log = structlog.get_logger()

PREFIX = "DAILYPAPERS_"
_LONGEST_BOUNCE_NAME = 34
#: A local part holds 64 characters (RFC 5321 4.5.3.1.1), of which what a digest's own address adds takes up to 47.
_LONGEST_REPLY_NAME = 16
DEFAULT_FILE = "dailypapers.toml"
#: Days; a window has at most 90.
_SHORTEST_RETENTION = 100
#: What a provider's preset says of itself.
_NOTES = {"as_of", "source"}
_SECRETS = (
    ("", "secret"),
    ("mail", "password"),
    ("database", "password"),
    ("inbound", "imap_password"),
    ("web", "metrics_token"),
    ("operator", "webhook_secret"),
    ("webhooks", "postmark_login"),
    ("webhooks", "mailgun_signing_key"),
    ("oidc", "client_secret"),
)
#: Variables with our prefix that are not settings: where the file of settings is, and what the tests are run with.
_NOT_SETTINGS = tuple(f"{PREFIX}{name}" for name in ("CONFIG", "RECORDINGS", "TEST_POSTGRES"))
#: Settings that had another name in an earlier version, by section: the old name is still read, with a warning.
RENAMED: Mapping[str, Mapping[str, str]] = {
    "service": {"local_sources": "allow_local_sources", "user_agent_contact": "contact"},
    "mail": {"owner": "owner_address", "per_connection": "mails_per_connection"},
    "ranking": {"compare": "interleave", "compare_share": "interleave_share"},
    "schedule": {"fetch_minutes": "fetch_every_minutes"},
    "subscribe": {
        "per_network_hour": "hourly_limit_per_network",
        "overall_hour": "hourly_limit",
        "minimum_seconds": "minimum_form_seconds",
        "disposable_file": "disposable_domains_file",
    },
}


def _known_zone(name: str) -> str:
    if not knows_zone(name):
        raise ValueError(f"“{name}” is not a time zone; use a name such as Europe/Berlin")
    return name


def _known_days(words: str) -> str:
    try:
        parse_days(words)
    except ValueError:
        raise ValueError(f"“{words}” must be daily, weekdays, weekly, or days such as mon,thu") from None
    return words


def _require_web_address(value: str) -> None:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must start with https:// (or http:// on this machine)")
    if not re.fullmatch(r"https?://[^\s/?#]+\S*", value):
        raise ValueError("must be a web address, with a host and without spaces")


def _network(value: object) -> IPv4Network | IPv6Network:
    try:
        return ip_network(str(value))
    except ValueError:
        raise ValueError(f"“{value}” is not an IP address or a network such as 10.0.0.0/8") from None


def _own_address(address: str) -> str:
    if address and not re.fullmatch(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+", address):
        raise ValueError(f"“{address}” must be an address alone, such as papers@example.org")
    return address


def _host_name(name: str) -> str:
    if name and ("_" in name or not re.fullmatch(r"[\w-]+(\.[\w-]+)+|\[[0-9A-Fa-f.:IPv]+\]", name)):
        raise ValueError(f"“{name}” must be a full host name such as mail.example.org, or an IP address in brackets")
    return name


Address = Annotated[str, AfterValidator(_own_address)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
Issn = Annotated[str, Field(pattern=r"^\d{4}-\d{3}[\dXx]$")]
Zone = Annotated[str, AfterValidator(_known_zone)]
Hour = Annotated[int, Field(ge=0, le=23)]


def revealed(secret: SecretStr | None) -> str:
    """Return a secret's text, for what is handed it; empty where it is not set."""
    return secret.get_secret_value() if secret else ""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Service(_Section):
    """The service as readers and sources see it."""

    name: str = "Daily Papers"
    base_url: str = "http://localhost:8000"
    zone: Zone = "UTC"
    secret_file: Path | None = Path("dailypapers.secret")
    templates: Path | None = None
    language: str = "en"
    languages: tuple[str, ...] = ("en", "de", "zh")
    locale: Path | None = None
    contact: str = ""
    crossref_url: str = "https://api.crossref.org"
    figures: bool = True
    allow_local_sources: bool = False
    allow_local_channels: bool = False

    @field_validator("base_url")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        _require_web_address(value)
        if not re.fullmatch(r"[^?#@]+", value):
            raise ValueError("must have no user, query or fragment: links are this address with more behind it")
        return value.rstrip("/")

    @field_validator("templates", "locale", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None


class Database(_Section):
    """Where data is stored."""

    url: str = "sqlite:///dailypapers.db"
    password: SecretStr | None = None


@cache
def providers() -> Mapping[str, Mapping[str, Any]]:
    """Return by provider what it is known to take, as settings of [mail]; the file says since when, and from where."""
    presets = tomllib.loads((shipped("config") / "providers.toml").read_text("utf-8"))
    return {name: {key: preset[key] for key in preset if key not in _NOTES} for name, preset in presets.items()}


class ServerSettings(_Section):
    """A mail server that takes our mail, and how much of it."""

    provider: str = ""
    host: str = "localhost"
    port: Annotated[int, Field(ge=1, le=65535)] = 25
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: SecretStr | None = None
    connections: Annotated[int, Field(ge=1, le=100)] = 4
    mails_per_connection: Annotated[int, Field(ge=1)] = 100
    processes: Annotated[int, Field(ge=0, le=64)] = 0
    timeout_seconds: Annotated[float, Field(gt=0)] = 60
    messages_per_second: Annotated[float, Field(ge=0)] = 0
    messages_per_hour: Annotated[int, Field(ge=0)] = 0
    messages_per_day: Annotated[int, Field(ge=0)] = 0
    warm_up_from: Annotated[dt.date | None, BeforeValidator(lambda value: value or None)] = None

    @model_validator(mode="before")
    @classmethod
    def _with_preset(cls, values: Any) -> Any:
        provider = values.get("provider") if isinstance(values, dict) else ""
        if not provider:
            return values
        if provider not in providers():
            raise ValueError(f"provider must be one of {', '.join(providers())}, or empty; not “{provider}”")
        return {**providers()[provider], **values}


class MailServerSettings(ServerSettings):
    """One of several mail servers."""

    name: Annotated[str, Field(min_length=1)]
    weight: Annotated[float, Field(ge=0)] = 0
    password_file: Annotated[Path | None, BeforeValidator(lambda value: value or None)] = None


class Mail(ServerSettings):
    """How mail leaves: by one server, or by several."""

    servers: tuple[MailServerSettings, ...] = ()
    from_address: Annotated[Address, Field(min_length=3)] = "papers@localhost"
    bounce_address: Address = ""
    bounce_plus: bool = False
    complaints_address: Address = ""
    feedback_sender_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{5,15}$")] = "dailypapers"
    owner_address: Address = ""
    hello_name: Annotated[str, AfterValidator(_host_name)] = ""
    messages_per_minute_per_domain: Annotated[int, Field(ge=0)] = 0
    deadline_hours: Annotated[float, Field(gt=0)] = 20
    uncertain: Literal["resend", "carry", "hold"] = "resend"

    @model_validator(mode="after")
    def _servers_fit_together(self) -> "Mail":
        if not self.servers:
            return self
        plain = ServerSettings()
        if both := [name for name in ServerSettings.model_fields if getattr(self, name) != getattr(plain, name)]:
            raise ValueError(f"with [[mail.servers]] each server has its own {both[0]}; remove mail.{both[0]}")
        names = [server.name for server in self.servers]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two of the servers are named “{twice[0]}”; give each its own name")
        if len({bool(server.weight) for server in self.servers}) > 1:
            raise ValueError("servers must all have a weight, or none of them")
        return self

    @model_validator(mode="after")
    def _bounce_address_has_room(self) -> "Mail":
        # A local part holds 64 characters (RFC 5321 4.5.3.1.1), of which an email's own part takes up to thirty.
        if self.bounce_plus and not 0 < len(self.bounce_address.rpartition("@")[0]) <= _LONGEST_BOUNCE_NAME:
            raise ValueError(
                f"bounce_plus needs a bounce_address of at most {_LONGEST_BOUNCE_NAME} letters before its @"
            )
        return self


class Dkim(_Section):
    """How emails are signed by this service; without a key file they are not."""

    domain: str = ""
    selector: Annotated[str, Field(min_length=1)] = "papers"
    key_file: Annotated[Path | None, BeforeValidator(lambda value: value or None)] = None
    ed25519_selector: Annotated[str, Field(min_length=1)] = "papers-ed25519"
    ed25519_key_file: Annotated[Path | None, BeforeValidator(lambda value: value or None)] = None


class DigestDefaults(_Section):
    """What a new subscriber's digest is like."""

    max_papers: Annotated[int, Field(ge=1, le=50)] = 10
    relevance: Annotated[float, Field(ge=0, lt=1)] = 0.5
    window_days: Annotated[int, Field(ge=1, le=90)] = 7
    hour: Hour = 7
    zone: Zone = "UTC"
    days: Annotated[str, AfterValidator(_known_days)] = "daily"


class Ranking(_Section):
    """How papers are ranked."""

    model: str = ""
    interleave: Literal["", "words"] = ""
    interleave_share: Annotated[float, Field(ge=0, le=1)] = 0.1


class Summaries(_Section):
    """Which language model sums chosen papers up; without an address a sentence of the abstract does."""

    base_url: str = ""
    model: str = ""
    key_file: Annotated[Path | None, BeforeValidator(lambda value: value or None)] = None
    language: str = ""
    tokens_per_day: Annotated[int, Field(ge=0)] = 200_000
    seconds_per_day: Annotated[float, Field(ge=0, le=3600)] = 120
    requests_at_once: Annotated[int, Field(ge=1, le=32)] = 1
    price_per_million_tokens: Annotated[float, Field(ge=0)] = 0
    money_per_day: Annotated[float, Field(ge=0)] = 0

    @field_validator("base_url")
    @classmethod
    def _is_of_the_web(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#@]+(?:/[^\s?#@]*)?", value):
            raise ValueError("must be an http or https address without user, query and fragment")
        return value

    @model_validator(mode="after")
    def _names_a_model(self) -> "Summaries":
        if self.base_url and not self.model:
            raise ValueError("base_url needs a model, by the name its server knows it by")
        if self.money_per_day and not self.price_per_million_tokens:
            raise ValueError("money_per_day needs price_per_million_tokens")
        return self


class Schedule(_Section):
    """When the scheduler does what."""

    fetch_every_minutes: Annotated[int, Field(ge=5, le=1440)] = 30
    close_at: dt.time = dt.time(5, 30)
    close_early: bool = True


def _longer_than_a_window(days: int) -> int:
    """Let what is kept outlast the longest window: a reader's next digest looks back at it."""
    if 0 < days < _SHORTEST_RETENTION:
        raise ValueError(f"must be at least {_SHORTEST_RETENTION}, or 0 to keep everything")
    return days


RetentionDays = Annotated[int, Field(ge=0), AfterValidator(_longer_than_a_window)]


class Retention(_Section):
    """How many days is kept what was sent and fetched; 0 is for ever."""

    deliveries_days: RetentionDays = 400
    attempts_days: RetentionDays = 120
    sources_days: RetentionDays = 400


class Operator(_Section):
    """Who is told how things are."""

    email: str = ""
    hour: Annotated[int, Field(ge=0, le=23)] = 9
    webhook: str = ""
    webhook_secret: SecretStr | None = None

    @field_validator("webhook")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        if value:
            _require_web_address(value)
        return value


class Web(_Section):
    """Where the pages are served."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    trusted_proxies: tuple[Network, ...] = ()
    metrics_token: SecretStr | None = None
    mcp: bool = False


class Subscribe(_Section):
    """Who may subscribe, and how many may ask."""

    open: bool = True
    hourly_limit_per_network: Annotated[int, Field(ge=1)] = 20
    hourly_limit: Annotated[int, Field(ge=4)] = 300
    minimum_form_seconds: Annotated[float, Field(ge=0, le=60)] = 2
    check_mx: bool = True
    disposable_domains_file: Annotated[Path | None, BeforeValidator(lambda value: value or None)] = None


class Inbound(_Section):
    """How mail comes in: handed to a port of ours, or taken from a mailbox."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    protocol: Literal["lmtp", "smtp"] = "lmtp"
    subscribe_address: Address = ""
    unsubscribe_address: Address = ""
    reply_address: Address = ""
    alert_address: Address = ""
    authentication_server: str = ""
    max_bytes: Annotated[int, Field(ge=10_000)] = 1_000_000
    unread_folder: Annotated[Path | None, BeforeValidator(lambda value: value or None)] = Path("unread-mail")
    imap_host: str = ""
    imap_port: Annotated[int, Field(ge=1, le=65535)] = 993
    imap_security: Literal["tls", "starttls", "none"] = "tls"
    imap_username: str = ""
    imap_password: SecretStr | None = None
    imap_folder: Annotated[str, Field(min_length=1)] = "INBOX"

    @model_validator(mode="after")
    def _addresses_and_a_way_in_go_together(self) -> "Inbound":
        if bool(self.subscribe_address) != bool(self.unsubscribe_address):
            raise ValueError("subscribe_address and unsubscribe_address go together: set both or neither")
        if self.subscribe_address and not (self.port or self.imap_host):
            raise ValueError(
                "subscribe_address and unsubscribe_address also need port or imap_host, where their mail arrives"
            )
        if self.reply_address and not (self.port or self.imap_host):
            raise ValueError("reply_address also needs port or imap_host, where the replies arrive")
        if len(self.reply_address.rpartition("@")[0]) > _LONGEST_REPLY_NAME:
            raise ValueError(f"reply_address needs to have at most {_LONGEST_REPLY_NAME} letters before its @")
        if self.alert_address and not (self.port or self.imap_host):
            raise ValueError("alert_address also needs port or imap_host, where the alerts arrive")
        if len(self.alert_address.rpartition("@")[0]) > _LONGEST_REPLY_NAME:
            raise ValueError(f"alert_address needs to have at most {_LONGEST_REPLY_NAME} letters before its @")
        if self.imap_host and not self.imap_username:
            raise ValueError("imap_host also needs imap_username")
        return self


class OutgoingWebhook(_Section):
    """Another program that is told of events."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    url: str
    secret_file: Path
    events: tuple[EventKind, ...] = ()
    allow_private: bool = False

    @field_validator("url")
    @classmethod
    def _is_a_web_address(cls, value: str) -> str:
        _require_web_address(value)
        return value


class Profiles(_Section):
    """How the papers of readers' profiles are read."""

    openalex_key: SecretStr | None = None


class Tools(_Section):
    """To which reference managers and notebooks readers may have what they save sent, and whether to e-readers."""

    offered: tuple[Literal["zotero", "readwise", "notion", "e-reader"], ...] = (
        "zotero",
        "readwise",
        "notion",
        "e-reader",
    )


class Webhooks(_Section):
    """What providers that send for us tell over HTTP, each at /hooks/ and its name; and whom we tell."""

    outgoing: tuple[OutgoingWebhook, ...] = ()

    ses_topics: tuple[str, ...] = ()
    postmark_login: SecretStr | None = None
    sendgrid_public_key: str = ""
    mailgun_signing_key: SecretStr | None = None

    @model_validator(mode="after")
    def _names_differ(self) -> "Webhooks":
        names = [webhook.name for webhook in self.outgoing]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two of outgoing are named “{twice[0]}”; give each its own name")
        return self


class Oidc(_Section):
    """By which OpenID Connect provider operators sign in to the admin pages, readers to groups, and who may do what."""

    issuer: str = ""
    client_id: str = ""
    client_secret: SecretStr | None = None
    name: Annotated[str, Field(min_length=1)] = "OpenID Connect"
    owner_groups: tuple[str, ...] = ()
    viewer_groups: tuple[str, ...] = ()
    groups_claim: Annotated[str, Field(min_length=1)] = "groups"
    readers: bool = False

    @model_validator(mode="after")
    def _is_all_or_nothing(self) -> "Oidc":
        for_somebody = self.owner_groups or self.viewer_groups or self.readers
        if self.issuer and not (self.client_id and self.client_secret and for_somebody):
            raise ValueError("issuer needs client_id, client_secret, and owner_groups, viewer_groups or readers = true")
        local = ("http://127.0.0.1", "http://localhost")
        if self.issuer and not self.issuer.startswith(("https://", *local)):
            raise ValueError("issuer must start with https:// (or http:// on this machine)")
        return self


#: The setting without which a source of a kind cannot be asked.
_NEEDED = {
    "arxiv": "categories",
    "openreview": "venue",
    "crossref": "issns",
    "pubmed": "query",
    "feed": "url",
    "file": "path",
}


class SourceSettings(_Section):
    """One source."""

    kind: Literal["arxiv", "huggingface", "biorxiv", "medrxiv", "openreview", "crossref", "pubmed", "feed", "file"]
    name: str = ""
    categories: tuple[str, ...] = ()
    format: Literal["rss", "atom"] = "rss"
    url: str = ""
    #: Of a mirror of arXiv: where its listing pages are, if it has them.
    pages_url: str = ""
    venue: str = ""
    issns: tuple[Issn, ...] = ()
    query: str = ""
    path: Path | None = None
    seconds_between_requests: Annotated[float, Field(ge=0, le=3600)] = 0

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> "SourceSettings":
        needed = _NEEDED.get(self.kind)
        if needed and not getattr(self, needed):
            raise ValueError(f"a source of kind {self.kind} needs {needed}")
        unknown = next((each for each in self.categories if not is_arxiv_category(each)), "")
        if self.kind == "arxiv" and unknown:
            meant = nearest_category(unknown)
            suggestion = f"; did you mean {meant}?" if meant else ""
            raise ValueError(f"categories: “{unknown}” is not a category of arXiv{suggestion}")
        if self.kind in {"biorxiv", "medrxiv"}:
            sentences = (unknown_subject(self.kind, each) for each in self.categories)
            if sentence := next(filter(None, sentences), ""):
                raise ValueError(f"categories: {sentence.rstrip('.')}")
        return self

    def label(self) -> str:
        """Return the source's name: as set, or its kind."""
        return self.name or self.kind


_DEFAULT_SOURCES = (
    SourceSettings(kind="arxiv", categories=("cs.LG", "cs.CL", "cs.CV", "cs.AI", "stat.ML")),
    SourceSettings(kind="huggingface"),
)


class _Environment(EnvSettingsSource):
    """The environment, in which settings may have their old names too."""

    def __call__(self) -> dict[str, Any]:
        """Read the variables, without those that name a file: what it holds comes in as an argument."""
        values = super().__call__()
        for section, name in _SECRETS:
            if isinstance(values.get(section), dict):
                values[section].pop(f"{name}_file", None)
        return _with_new_names(values, "The environment")


class Settings(BaseSettings):
    """All settings. Unknown ones are refused, so that a typing error does not become a default without notice."""

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
    dkim: Dkim = Dkim()
    digest: DigestDefaults = DigestDefaults()
    ranking: Ranking = Ranking()
    summaries: Summaries = Summaries()
    schedule: Schedule = Schedule()
    retention: Retention = Retention()
    operator: Operator = Operator()
    web: Web = Web()
    subscribe: Subscribe = Subscribe()
    inbound: Inbound = Inbound()
    webhooks: Webhooks = Webhooks()
    tools: Tools = Tools()
    profiles: Profiles = Profiles()
    oidc: Oidc = Oidc()
    sources: tuple[SourceSettings, ...] = _DEFAULT_SOURCES
    secret: SecretStr | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base class names the arguments
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, whose values come in as arguments."""
        return (_Environment(settings_cls), init_settings)

    @model_validator(mode="after")
    def _sources_have_different_names(self) -> "Settings":
        labels = [source.label() for source in self.sources]
        twice = sorted({label for label in labels if labels.count(label) > 1})
        if twice:
            raise ValueError(f"two sources are named “{twice[0]}”; give each its own name")
        return self


def load(path: Path | None = None) -> Settings:
    """Read the settings from `path`, or from dailypapers.toml here if there is one, and from the environment.

    Relative paths in the file are taken from where the file is. Raises `BadSettings` naming the setting, the value's
    place and what it should be.
    """
    file = path or (Path(DEFAULT_FILE) if Path(DEFAULT_FILE).exists() else None)
    _warn_of_unknown_variables()
    values = _with_new_names(_read(file), str(file)) if file else {}
    _keep_secrets_out(values, file)
    _add_secret_files(values)
    try:
        return _anchored(Settings(**values), file.parent if file else Path())
    except ValidationError as error:
        raise BadSettings(_sentences(error, file)) from None
    except SettingsError as error:
        raise BadSettings(_unreadable_variable(error)) from None


def refusal(section: str, field: str, value: object) -> str:
    """Return why a value cannot be a setting of the mail or the service, as it goes on after it; empty where it can."""
    sections: dict[str, type[_Section]] = {"mail": Mail, "service": Service}
    try:
        if section in sections:
            sections[section].model_validate({field: value})
    except ValidationError as error:
        return error.errors()[0]["msg"].removeprefix("Value error, ")
    return ""


def _warn_of_unknown_variables() -> None:
    """Name variables that begin like a setting and set nothing, each with the one that was probably meant.

    They are not refused as those of a known section are: a container's host may put some there that nobody wrote, as
    Kubernetes does for a service of our name.
    """
    variables = _variables()
    for name in sorted(os.environ):
        variable = name.upper()
        section = variable.partition("__")[0]
        if variable.startswith(PREFIX) and not any(each.partition("__")[0] == section for each in variables):
            meant = nearest(variable.removeprefix(PREFIX), [each.removeprefix(PREFIX) for each in variables])
            log.warning(
                "unknown environment variable: it sets nothing",
                variable=name,
                **({"did_you_mean": f"{PREFIX}{meant}"} if meant else {}),
            )


def _variables() -> list[str]:
    """Return every variable that is read; a list is one variable, whatever its entries hold."""
    sections = {**_known_names(), "sources": [], "mail.servers": [], "webhooks.outgoing": []}
    settings = [_variable(section, name) for section, names in sections.items() for name in names]
    secrets = [_variable(section, name) for section, name in _SECRETS]
    files = [f"{variable}_FILE" for variable in secrets]
    return [*settings, *secrets, *files, _variable("", "sources"), *_NOT_SETTINGS]


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise BadSettings(f"{file} does not exist; create it with `dailypapers init`.") from None
    except OSError as error:
        raise BadSettings(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BadSettings(f"{file}: invalid TOML: the file is not UTF-8 text.") from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{file}: invalid TOML: {in_toml(str(error))}.") from None


def _with_new_names(values: dict[str, Any], where: str) -> dict[str, Any]:
    """Give settings with an old name their new one, and warn. Raises `BadSettings` where both names are there."""
    return {
        section: _renamed(section, fields, where) if isinstance(fields, dict) and section in RENAMED else fields
        for section, fields in values.items()
    }


def _renamed(section: str, fields: Mapping[str, Any], where: str) -> dict[str, Any]:
    renamed = dict(fields)
    for old, new in RENAMED[section].items():
        if old in renamed:
            if new in renamed:
                raise BadSettings(f"{where}: {section}.{old} is the old name of {section}.{new}; remove it.")
            log.warning("a setting has a new name", where=where, old=f"{section}.{old}", new=f"{section}.{new}")
            renamed[new] = renamed.pop(old)
    return renamed


def _keep_secrets_out(values: dict[str, Any], file: Path | None) -> None:
    for section, name in _SECRETS:
        holder = values.get(section, {}) if section else values
        if isinstance(holder, dict) and name in holder:
            variable = _variable(section, name)
            place = f"{section}.{name}" if section else name
            raise BadSettings(
                f"{file}: {place} is a secret; set it as {variable} or {variable}_FILE, not in this file."
            )
    for number, server in enumerate(_list(values.get("mail"), "servers"), 1):
        if isinstance(server, dict) and "password" in server:
            raise BadSettings(
                f"{file}: mail.servers, entry {number}: password is a secret; put it into a file of its own, and name "
                "that as password_file."
            )


def _list(section: object, name: str) -> list[Any]:
    entries = section.get(name) if isinstance(section, dict) else None
    return entries if isinstance(entries, list) else []


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
        raise BadSettings(f"{variable}: {file} cannot be read: {error.strerror}.") from None


def _anchored(settings: Settings, folder: Path) -> Settings:
    """Take relative paths from the settings file's folder, so that it does not matter where a command is run."""
    service = settings.service.model_copy(
        update={
            "secret_file": folder / settings.service.secret_file if settings.service.secret_file else None,
            "templates": folder / settings.service.templates if settings.service.templates else None,
            "locale": folder / settings.service.locale if settings.service.locale else None,
        }
    )
    dkim = settings.dkim.model_copy(
        update={
            name: folder / file if (file := getattr(settings.dkim, name)) else None
            for name in ("key_file", "ed25519_key_file")
        }
    )
    servers = tuple(
        server.model_copy(update={"password_file": folder / server.password_file if server.password_file else None})
        for server in settings.mail.servers
    )
    mail = settings.mail.model_copy(update={"servers": servers})
    outgoing = tuple(
        webhook.model_copy(update={"secret_file": folder / webhook.secret_file})
        for webhook in settings.webhooks.outgoing
    )
    webhooks = settings.webhooks.model_copy(update={"outgoing": outgoing})
    sources = tuple(s.model_copy(update={"path": folder / s.path if s.path else None}) for s in settings.sources)
    key_file = settings.summaries.key_file
    summaries = settings.summaries.model_copy(update={"key_file": folder / key_file if key_file else None})
    url = settings.database.url
    if url.startswith("sqlite:///") and not url.startswith("sqlite:////") and url != "sqlite:///:memory:":
        url = f"sqlite:///{folder / url.removeprefix('sqlite:///')}"
    database = settings.database.model_copy(update={"url": url})
    listed = settings.subscribe.disposable_domains_file
    subscribe = settings.subscribe.model_copy(update={"disposable_domains_file": folder / listed if listed else None})
    unread = settings.inbound.unread_folder
    inbound = settings.inbound.model_copy(update={"unread_folder": folder / unread if unread else None})
    return settings.model_copy(
        update={
            "service": service,
            "summaries": summaries,
            "mail": mail,
            "sources": sources,
            "dkim": dkim,
            "database": database,
            "subscribe": subscribe,
            "inbound": inbound,
            "webhooks": webhooks,
        }
    )


def _sentences(error: ValidationError, file: Path | None) -> str:
    """Say everything that is wrong with the settings, secrets excepted."""
    problems = error.errors(include_url=False)
    said = [
        sentence(problem, names_by_section=_known_names(), variable=_variable_of(problem["loc"]))
        for problem in problems
    ]
    return f"{file or 'The environment'}: {'; '.join(said)}".rstrip("?.") + ("?" if said[-1].endswith("?") else ".")


def _known_names() -> dict[str, list[str]]:
    """Return the settings by section, secrets excepted; of lists, those of one entry."""
    sections = {
        name: field.annotation
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    }
    names_by_section = {
        name: [each for each in model.model_fields if (name, each) not in _SECRETS] for name, model in sections.items()
    }
    servers = [name for name in MailServerSettings.model_fields if name != "password"]
    return names_by_section | {
        "sources": list(SourceSettings.model_fields),
        "mail.servers": servers,
        "webhooks.outgoing": list(OutgoingWebhook.model_fields),
    }


def _variable_of(loc: tuple[int | str, ...]) -> str:
    """Return the environment variable that sets a setting, which wins over the file; empty where none does."""
    variable = PREFIX + "__".join(str(part).upper() for part in loc if not isinstance(part, int))
    return variable if variable in {name.upper() for name in os.environ} else ""


def _unreadable_variable(error: SettingsError) -> str:
    named = re.search(r'field "(\w+)"', str(error))
    start = f"{PREFIX}{named[1].upper() if named else ''}"
    variables = sorted(name for name in os.environ if name.upper().startswith(start))
    return f'The environment: {", ".join(variables)}: a list must be valid JSON, such as ["127.0.0.1"].'


def shipped(name: str) -> Path:
    """Return where a shipped folder (templates, config, demo) is: in the wheel, or beside the source in a checkout."""
    packed = Path(__file__).parent / "_shipped" / name
    return packed if packed.exists() else Path(__file__).parents[2] / name
