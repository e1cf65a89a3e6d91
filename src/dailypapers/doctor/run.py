"""Doctor: everything that is looked at, one after the other; a check that fails stops no other."""

import datetime as dt

from dailypapers.app import App
from dailypapers.doctor import local, pages
from dailypapers.domain.address import domain_of
from dailypapers.domain.finding import Finding, fail, ok, warn
from dailypapers.errors import MailServerUnreachable
from dailypapers.mail import records
from dailypapers.mail.records import Records, Unanswered
from dailypapers.mail.smtp.connect import MailServer
from dailypapers.mail.smtp.transport import SmtpTransport

_NO_RESOLVER = "No name server is set up on this machine."


async def run(app: App, resolver: Records | None, *, outside: bool = True, now: dt.datetime) -> list[Finding]:
    """Return how everything stands; without `outside` nothing beyond this machine is asked.

    `asked` is who asks the DNS, `None` where nobody can.
    """
    findings = local.findings(app, now=now)
    if not outside:
        return findings
    findings += await _dns(app, resolver)
    for server in app.mail_servers:
        findings.append(await _mail_server(server))
        if resolver:
            findings += await _reverse(resolver, server)
    return [*findings, *pages.findings(app.settings.service.base_url)]


async def _dns(app: App, resolver: Records | None) -> list[Finding]:
    if resolver is None:
        return [warn("DNS", _NO_RESOLVER, "Set one up, to have SPF, DKIM and DMARC checked.")]
    renderer = app.dependencies.renderer
    sender, bounces = domain_of(renderer.sender.address), domain_of(renderer.sender.bounce_address)
    return await records.findings(resolver, sender=sender, bounces=bounces, keys=renderer.keys)


async def _mail_server(server: MailServer) -> Finding:
    name = f"mail server {server}"
    try:
        return ok(name, await SmtpTransport(server, connections=1).check())
    except MailServerUnreachable as error:
        return fail(name, str(error), "Check [mail]: host, port, security, username and the password.")


async def _reverse(resolver: Records, server: MailServer) -> list[Finding]:
    try:
        addresses = [*await resolver.of(server.host, "A"), *await resolver.of(server.host, "AAAA")]
    except Unanswered:
        return []
    return [await records.reverse(resolver, addresses, server.host)] if addresses else []
