"""How this installation stands: what `doctor` finds on this machine, in its own words."""

from fastapi.responses import Response

from dailypapers.domain.finding import worst
from dailypapers.web.admin.gate import Visit


def show(visit: Visit) -> Response:
    """Show every line; nothing beyond this machine is asked."""
    check = visit.context.check
    findings = check(visit.now) if check else []
    return visit.page("checks", findings=findings, worst=worst(findings))
