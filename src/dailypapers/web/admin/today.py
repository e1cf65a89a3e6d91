"""Today at a glance."""

from fastapi.responses import Response

from dailypapers.web.admin.gate import Visit


def show(visit: Visit) -> Response:
    """Show how everything stands."""
    return visit.page("today")
