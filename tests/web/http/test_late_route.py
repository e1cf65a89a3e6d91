"""A route is whole once somebody asks for its page, and tells where it is before."""

from typing import Annotated

from fastapi import FastAPI, Form
from fastapi.testclient import TestClient
from starlette.routing import Route

from dailypapers.web.http.late_route import LateRoute


def test_a_route_reads_what_its_page_takes_when_it_is_first_asked_for() -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.router.route_class = LateRoute

    @app.post("/add/{left}")
    def add(left: int, right: Annotated[int, Form()]) -> int:
        return left + right

    (route,) = (route for route in app.routes if isinstance(route, Route))
    assert (route.path, route.methods) == ("/add/{left}", {"POST"})
    client = TestClient(app)
    answers = [client.post("/add/1", data={"right": right}) for right in ("2", "3", "x")]
    assert [answer.status_code for answer in answers] == [200, 200, 422]
    assert [answer.json() for answer in answers[:2]] == [3, 4]
    assert client.get("/add/1").status_code == 405
