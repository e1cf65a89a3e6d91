"""The files for deploying say what the program understands. No container engine or cluster is needed to see that."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
import yaml
from typer.main import get_command

from dailypapers.cli.main import commands
from dailypapers.settings import Settings, load

ROOT = Path(__file__).parents[1]
CHART = ROOT / "deploy/helm/dailypapers"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
#: What is our own program, of all the services.
OURS = ("migrate", "web", "schedule", "work")
COMMANDS = set(get_command(commands).commands)  # type: ignore[attr-defined]


def loaded(variables: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Load settings as a container does; fails where a variable sets nothing."""
    variables = {name: value for name, value in variables.items() if name != "DAILYPAPERS_CONFIG"}
    for name, value in variables.items():
        secret = folder / Path(value).name
        if value.startswith("/run/secrets/"):
            secret.write_text("a secret that nobody guesses, as long as it should be", "utf-8")
        monkeypatch.setenv(name, str(secret) if secret.is_file() else value)
    monkeypatch.chdir(folder)
    with structlog.testing.capture_logs() as logs:
        settings = load()
    assert logs == []
    return settings


def filled(value: str) -> str:
    """Fill in the variables of .env.example, as `docker compose` does."""
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    return re.sub(r"\$\{(\w+)(?::-([^}]*))?\}", lambda name: example[name[1]] or name[2] or "", value)


def test_what_compose_sets_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {name: filled(value) for name, value in COMPOSE["services"]["work"]["environment"].items()}
    settings = loaded(variables, tmp_path, monkeypatch)
    assert settings.database.url.startswith("postgresql://papers@database/")
    assert (settings.mail.host, settings.mail.port, settings.mail.security) == ("catcher", 2525, "none")
    assert (settings.service.base_url, settings.mail.processes) == ("http://localhost:8000", 1)
    assert settings.secret


def test_each_service_of_compose_runs_a_command_and_can_write_nowhere_but_where_it_must() -> None:
    services = COMPOSE["services"]
    for name in (*OURS, "catcher"):
        service = services[name]
        assert service["command"][0] in COMMANDS
        assert service["read_only"] is True
        assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert services["work"]["deploy"]["replicas"] == 2
    assert "secrets" not in services["catcher"], "it needs none"
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_images_are_pinned_by_hash_and_secrets_stay_out_of_the_build() -> None:
    pinned = r"[\w./]+:[\w.-]+@sha256:[0-9a-f]{64}"
    assert re.fullmatch(pinned, COMPOSE["services"]["database"]["image"])
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    [image] = re.findall(r"^ARG PYTHON=(.*)$", dockerfile, re.MULTILINE)
    assert re.fullmatch(pinned, image)
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"${PYTHON}"}
    ignored = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[:1] not in ("#", "")]
    allowed = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {word for line in re.findall(r"^COPY (?!--)(.*) \S+$", dockerfile, re.MULTILINE) for word in line.split()}
    assert ignored[0] == "*"
    assert copied == allowed


def test_the_image_has_the_versions_that_are_tested() -> None:
    lock = (ROOT / "deploy/requirements.txt").read_text("utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock, re.MULTILINE))
    tested = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").split())
    assert {name: tested[name] for name in pins if name in tested} == {n: v for n, v in pins.items() if n in tested}
    project = (ROOT / "pyproject.toml").read_text("utf-8").partition("dependencies = [")[2].partition("]")[0]
    required = {name.lower().replace(".", "-") for name in re.findall(r'^  "([\w.-]+)', project, re.MULTILINE)}
    assert required <= set(pins), "run make lock"
    assert len(re.findall(r"^[\w.-]+==.*\\$", lock, re.MULTILINE)) == len(pins), "each with its hashes"


def rendered(text: str, values: dict[str, Any]) -> str:
    """Render the few forms of Helm's templates that the chart uses."""

    def value(found: re.Match[str]) -> str:
        held: Any = values
        for name in found[1].split("."):
            held = held[name]
        if found[2] == "quote":
            return json.dumps(str(held))
        return "\n".join(" " * 4 + line for line in str(held).splitlines()) if found[2] else str(held)

    text = re.sub(r"{{ \.Release\.Name(?: \| quote)? }}", "papers", text)
    text = re.sub(r"{{- (?:if [\w.]+|end) }}\n", "", text)
    text = re.sub(r"{{ \.Values\.([\w.]+)(?: \| (quote|indent 4))? }}", value, text)
    assert "{{" not in text
    return text


def manifests() -> Iterator[dict[str, Any]]:
    values = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
    for file in sorted((CHART / "templates").glob("*.yaml")):
        yield from yaml.safe_load_all(rendered(file.read_text("utf-8"), values))


def pods() -> Iterator[dict[str, Any]]:
    for manifest in manifests():
        if manifest["kind"] in ("Deployment", "Job"):
            yield manifest["spec"]["template"]["spec"]


def test_the_chart_runs_each_part_without_rights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {pod["containers"][0]["args"][0] for pod in pods()} == set(OURS)
    for pod in pods():
        [container] = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
    variables = {each["name"]: each["value"] for each in container["env"]}
    settings = loaded(variables, tmp_path, monkeypatch)
    assert settings.database.url == "postgresql://papers@postgres/papers"
    assert settings.mail.port == 587


def test_the_charts_settings_are_settings(tmp_path: Path) -> None:
    [settings] = [each for each in manifests() if each["kind"] == "ConfigMap"]
    (file := tmp_path / "dailypapers.toml").write_text(settings["data"]["dailypapers.toml"], "utf-8")
    [source] = load(file).sources
    assert source.kind == "arxiv"


def test_each_systemd_unit_starts_a_command_that_there_is() -> None:
    units = sorted((ROOT / "deploy/systemd").glob("*.service"))
    started = {}
    for unit in units:
        lines = unit.read_text("utf-8").splitlines()
        [line] = [line for line in lines if line.startswith("ExecStart=")]
        started[unit.name] = shlex.split(line.partition("=")[2])[1]
        assert {"NoNewPrivileges=yes", "ProtectSystem=strict", "StateDirectory=dailypapers"} <= set(lines)
    assert set(started.values()) == {"serve", "web", "schedule", "work"}
    assert set(started.values()) <= COMMANDS
