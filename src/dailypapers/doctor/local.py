"""What can be checked on this machine: files, the database, templates, the clock."""

import datetime as dt
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from dailypapers.app import App
from dailypapers.digests.layout import mail
from dailypapers.digests.render_input import load_inputs
from dailypapers.domain.address import domain_of
from dailypapers.domain.finding import Finding, Level, fail, ok, warn
from dailypapers.errors import DailypapersError, DatabaseNotMigrated, DatabaseUnreachable
from dailypapers.mail.incoming import aggregate
from dailypapers.mail.incoming.aggregate import Aggregate
from dailypapers.mail.incoming.keep import KeptMail
from dailypapers.mail.message import mime
from dailypapers.mail.message.dkim_check import verifies
from dailypapers.rendering.notices import render_confirm
from dailypapers.reporting.situation import switched_on
from dailypapers.settings import Settings
from dailypapers.store import history, holds
from dailypapers.store.database import address_of, clock_of, reading, require_migrated

#: Machines that share the sending may differ by as much (`domain.worker.LEASE`).
_CLOCKS_DIFFER = dt.timedelta(seconds=15)
#: Emails with most papers that are made, to find the largest; and bytes of an email, its text part included, of which
#: the HTML part is within the 102 kB that Gmail shows.
_LARGEST, _GMAIL_CLIPS = 5, 120_000
#: Reports of so long are summed up; a share of failures below this is forwarding and forgery, which there always is.
_REPORTED, _FEW = dt.timedelta(days=30), 0.02


def findings(app: App, *, now: dt.datetime) -> list[Finding]:
    """Return how things stand on this machine."""
    stored, compiled = database(app), templates(app)
    all_findings = [*files(app.settings), stored, *clock(app, now=now), *reports(app.settings, now=now), compiled]
    if compiled.level is Level.OK:
        all_findings.append(sample(app, now=now))
        all_findings += largest(app) if stored.level is Level.OK else ()
    if stored.level is Level.OK:
        all_findings += sending(app)
    return all_findings


def files(settings: Settings) -> Iterator[Finding]:
    """Check that what is secret can be read by us alone."""
    url = sa.make_url(settings.database.url)
    paths = {
        "secret file": settings.service.secret_file if not settings.secret else None,
        "DKIM key": settings.dkim.key_file,
        "second DKIM key": settings.dkim.ed25519_key_file,
        "database file": Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None,
    }
    for name, file in paths.items():
        if file and file.exists():
            yield _file(name, file)


def _file(name: str, file: Path) -> Finding:
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        return fail(name, f"{file} can be read by others (mode {mode:03o}).", f"Run chmod 600 {file}.")
    return ok(name, f"{file} can be read by its owner alone.")


def database(app: App) -> Finding:
    """Check that the database answers and is of this version."""
    try:
        require_migrated(app.engine)
    except DatabaseUnreachable as error:
        is_old = isinstance(error, DatabaseNotMigrated)
        advice = "Run `dailypapers migrate`." if is_old else "Start the database server, or correct database.url."
        return fail("database", str(error), advice)
    return ok("database", f"{address_of(app.engine)} is of this version.")


def sending(app: App) -> list[Finding]:
    """Check whether something keeps emails from readers: a refusal of us, a pause, test mode."""
    with reading(app.engine) as tx:
        sentences, (on_hold, refusal) = switched_on(tx), holds.on_hold(tx)
    found = [warn("sending", sentence, "Switch it off once it is no longer needed.") for sentence in sentences]
    if on_hold:
        why = f"{on_hold:,} emails are on hold because our mail server refuses us: {refusal}"
        found.append(fail("sending", why, "Mend it, then run `dailypapers deliver --release`."))
    return found or [ok("sending", "Nothing keeps emails from readers.")]


def clock(app: App, *, now: dt.datetime) -> Iterator[Finding]:
    """Compare this machine's clock with the database server's, where that has one of its own."""
    try:
        with reading(app.engine) as tx:
            theirs = clock_of(tx)
    except DatabaseUnreachable:
        return
    if theirs and abs(theirs - now) > _CLOCKS_DIFFER:
        seconds = (now - theirs).total_seconds()
        why = f"This machine's clock is {seconds:+.0f} s off the database server's."
        yield fail("clock", why, "Keep both by NTP: whoever sends would be taken for dead.")
    elif theirs:
        yield ok("clock", "This machine and the database server agree about the time.")


def templates(app: App) -> Finding:
    """Compile every template, the operator's own among them."""
    environment = app.dependencies.renderer.templates
    names = environment.list_templates(extensions=("html", "txt"))
    for name in names:
        try:
            environment.get_template(name)
        # Templates may be the operator's own: whatever is wrong with one, its name is what helps.
        except Exception as error:  # noqa: BLE001
            return fail("templates", f"{name}: {error}", "Mend it, or remove it from service.templates.")
    return ok("templates", f"All {len(names)} templates can be read.")


def sample(app: App, *, now: dt.datetime) -> Finding:
    """Make a mail as it would leave, signed where that is set."""
    renderer = app.dependencies.renderer
    sender = renderer.sender
    try:
        message = render_confirm(renderer.templates, confirm_url=renderer.home, home=renderer.home, name=sender.name)
        name = mime.message_id(renderer.secret, "doctor", domain_of(sender.address))
        content = mime.build(
            message, sender=sender, recipient=sender.address, message_id=name, now=now, keys=renderer.keys
        )
    except (DailypapersError, ValueError) as error:
        return fail("sample email", str(error), "Check mail.from_address and service.name.")
    for key in renderer.keys:
        if why_not := verifies(content, key):
            why = f"The signature by {key.selector} would not verify: {why_not}."
            return fail("sample email", why, "Report this: receivers would refuse the emails.")
    by = ", ".join(key.selector for key in renderer.keys)
    if not by:
        why = f"An email of {len(content)} bytes was made; it is not signed here."
        return warn("sample email", why, "Make sure that your mail server signs, or set dkim.key_file.")
    return ok("sample email", f"An email of {len(content)} bytes was made and signed by {by}; the signature verifies.")


def largest(app: App) -> Iterator[Finding]:
    """Make the largest emails of the newest edition, those with most papers, and hold them against Gmail's limit."""
    renderer = app.dependencies.renderer
    with reading(app.engine) as tx:
        inputs = load_inputs(tx, history.with_most_papers(tx, limit=_LARGEST))
    sizes = [len(mail(renderer, each)[1].content) for each in inputs]
    if not sizes:
        return
    why = f"The largest email of the newest edition has {max(sizes) / 1000:,.0f} kB."
    if max(sizes) > _GMAIL_CLIPS:
        yield warn("largest email", why, "Gmail cuts emails at 102 kB: lower digest.max_papers.")
    else:
        yield ok("largest email", why)


def reports(settings: Settings, *, now: dt.datetime) -> Iterator[Finding]:
    """Sum up the reports of receivers, by DMARC and by TLS, among the mails that were kept in the last month."""
    folder = settings.inbound.unread_folder
    mails = KeptMail(folder).newest(since=now - _REPORTED) if folder else ()
    parsed_reports = [report for content in mails if (report := aggregate.read(content))]
    for about, things in (("DMARC", "emails"), ("TLS", "sessions")):
        if of_them := [report for report in parsed_reports if report.about == about]:
            yield _summed_up(f"{about} reports", things, of_them)


def _summed_up(name: str, things: str, of_them: list[Aggregate]) -> Finding:
    passed, failures = sum(report.passed for report in of_them), Counter[str]()
    for report in of_them:
        failures.update(report.failures)
    failed = failures.total()
    why = f"{len(of_them)} in {_REPORTED.days} days: {passed} {things} passed, {failed} failed"
    if failed > _FEW * (passed + failed):
        most = ", ".join(f"{count} from {source}" for source, count in failures.most_common(3))
        return warn(name, f"{why}: {most}.", "If these are yours, mend SPF and DKIM there; if not, tighten the policy.")
    return ok(name, f"{why}.")
