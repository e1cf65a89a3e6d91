"""Reports of receivers, as they come: packed, in several dialects, and made to break the reading."""

import base64
import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.mail.incoming.aggregate import Aggregate, read

ROW = (
    "<record><row><source_ip>{}</source_ip><count>{}</count>"
    "<policy_evaluated><dkim>{}</dkim><spf>{}</spf></policy_evaluated></row></record>"
)
DMARC = (
    "<feedback{}><report_metadata><org_name>y.example</org_name></report_metadata>"
    + ROW.format("192.0.2.1", 5, "pass", "fail")
    + ROW.format("192.0.2.2", 2, "fail", "fail")
    + ROW.format("192.0.2.3", "x", "fail", "fail")
    + "</feedback>"
)
TLS = {
    "organization-name": "y.example",
    "policies": [
        {
            "summary": {"total-successful-session-count": 7, "total-failure-session-count": 1},
            "failure-details": [{"result-type": "certificate-expired", "failed-session-count": 1}],
        }
    ],
}


def letter(octets: bytes) -> bytes:
    encoded = base64.encodebytes(octets)
    return (
        b"Subject: Report Domain: x\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n"
        + encoded
    )


def zipped(octets: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.xml", octets)
    return file.getvalue()


@pytest.mark.parametrize("namespace", ["", ' xmlns="urn:ietf:params:xml:ns:dmarc-2.0"'])
def test_dmarc_counts_what_passed_and_where_from_what_failed_came(namespace: str) -> None:
    octets = DMARC.format(namespace).encode()
    for packed in (octets, gzip.compress(octets), zipped(octets)):
        report = read(letter(packed))
        assert report is not None
        assert (report.about, report.reporter, report.passed, report.failed) == ("DMARC", "y.example", 5, 2)
        assert report.failures.most_common(1) == [("192.0.2.2", 2)]


def test_tls_counts_sessions() -> None:
    report = read(letter(gzip.compress(json.dumps(TLS).encode())))
    assert report is not None
    assert (report.about, report.passed, dict(report.failures)) == ("TLS", 7, {"certificate-expired": 1})


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"<feedback>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><feedback>&a;</feedback>',
        gzip.compress(b"<feedback>" + b" " * 6_000_000 + b"</feedback>", mtime=0),
        zipped(b"<feedback>" + b" " * 6_000_000 + b"</feedback>"),
        gzip.compress(b"<feedback/>", mtime=0)[:-9],
        b"PK\x03\x04",
        b'{"total-successful-session-count"',
        b'{"total-successful-session-count": 1, "policies": [1, {"failure-details": [2]}]}',
    ],
    # What is packed holds the time; the names of tests must be the same in each process.
    ids=map(str, range(9)),
)
def test_what_is_none_or_too_large_is_not_read(octets: bytes) -> None:
    report = read(letter(octets))
    assert report is None or (report.passed, report.failed) == (0, 0 if b"policies" not in octets else report.failed)


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: f"<feedback>{text}</feedback>".encode()))
def test_anything_can_be_read(octets: bytes) -> None:
    report = read(letter(octets))
    assert report is None or isinstance(report, Aggregate)


def test_recorded_reports_are_read(recordings: Path) -> None:
    folder = recordings / "arf" / "mail-auth-dmarc"
    for file in sorted(folder.glob("*.eml")):
        told = json.loads(file.with_suffix(".json").read_text("utf-8"))
        rows = [each["row"] for each in told["record"]]
        passed = sum(row["count"] for row in rows if "Pass" in (row["policy_evaluated"][x] for x in ("dkim", "spf")))
        report = read(file.read_bytes())
        assert report is not None, file.name
        assert (report.passed, report.passed + report.failed) == (passed, sum(row["count"] for row in rows)), file.name
