"""Aggregate reports: how a receiver judged a day's mails of ours, by DMARC (RFC 9990) and by TLS (RFC 8460).

Anybody may send them, and they come compressed: what unpacks to more than a bound, or declares entities, is not read.
Never raises, whatever the content.
"""

import gzip
import io
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from dailypapers.mail.incoming import parts

#: Bytes of a report unpacked; a large receiver's takes a tenth.
_LONGEST = 5_000_000
#: Sources of one report that are counted.
_MOST_ROWS = 10_000
_GZIP, _ZIP = b"\x1f\x8b", b"PK"
_BROKEN = (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What one report counts: of mails under DMARC, of sessions under TLS."""

    about: str
    """`DMARC` or `TLS`."""
    reporter: str
    passed: int
    failures: Counter[str] = field(default_factory=Counter)
    """How many failed, by the address they came from, or by why."""

    @property
    def failed(self) -> int:
        """How many failed in all."""
        return self.failures.total()


def read(content: bytes) -> Aggregate | None:
    """Return the report a mail carries; `None` where it carries none."""
    for part in parts.parsed(content).parts:
        for unpacked in _unpacked(part.octets):
            if report := _dmarc(unpacked) or _tls(unpacked):
                return report
    return None


def _unpacked(octets: bytes) -> Iterator[bytes]:
    """Yield what a part holds, unpacked; of a ZIP file its first entry."""
    try:
        if octets.startswith(_GZIP):
            with gzip.open(io.BytesIO(octets)) as file:
                yield from _bounded(file.read(_LONGEST + 1))
        elif octets.startswith(_ZIP):
            with zipfile.ZipFile(io.BytesIO(octets)) as archive, archive.open(archive.namelist()[0]) as entry:
                yield from _bounded(entry.read(_LONGEST + 1))
        else:
            yield from _bounded(octets)
    except (*_BROKEN, IndexError):
        return


def _bounded(data: bytes) -> Iterator[bytes]:
    if len(data) <= _LONGEST:
        yield data


def _dmarc(data: bytes) -> Aggregate | None:
    if b"<feedback" not in data[:2_000] or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return None
    try:
        root = ET.fromstring(data)  # noqa: S314 - without entities nothing can grow
    except (ET.ParseError, ValueError, RecursionError):
        return None
    passed, failures = 0, Counter[str]()
    for row in list(root.iterfind("{*}record/{*}row"))[:_MOST_ROWS]:
        count = _number(row.findtext("{*}count"))
        results = {row.findtext(f"{{*}}policy_evaluated/{{*}}{name}", "").strip().lower() for name in ("dkim", "spf")}
        if "pass" in results:
            passed += count
        else:
            failures[(row.findtext("{*}source_ip") or "unknown").strip()[:60]] += count
    reporter = root.findtext("{*}report_metadata/{*}org_name") or ""
    return Aggregate("DMARC", reporter.strip()[:100], passed, failures)


def _number(text: object) -> int:
    try:
        return max(int(str(text).strip()[:12]), 0)
    except ValueError:
        return 0


def _tls(data: bytes) -> Aggregate | None:
    if data.lstrip()[:1] != b"{" or b"total-successful-session-count" not in data:
        return None
    try:
        report = json.loads(data)
    except (ValueError, RecursionError):
        return None
    passed, failures = 0, Counter[str]()
    policies = report.get("policies")
    for policy in policies[:_MOST_ROWS] if isinstance(policies, list) else ():
        passed += _number(_of(_of(policy, "summary"), "total-successful-session-count"))
        details = _of(policy, "failure-details")
        for detail in details[:_MOST_ROWS] if isinstance(details, list) else ():
            failures[str(_of(detail, "result-type"))[:60]] += _number(_of(detail, "failed-session-count"))
    return Aggregate("TLS", str(report.get("organization-name", ""))[:100], passed, failures)


def _of(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None
