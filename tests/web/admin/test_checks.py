"""What doctor finds is shown in its own words."""

from dataclasses import replace

from tests.web.admin.conftest import Operator, operator

from dailypapers.domain.account import Role
from dailypapers.domain.finding import Finding, fail, ok, warn
from dailypapers.web.http.page import WebContext

WELL = ok("database", "It is of this version.")
LEVELS = {
    "Everything is well.": [WELL],
    "something could be better": [WELL, warn("sample email", "It is not signed.", "Set dkim.key_file.")],
    "Something does not work.": [WELL, fail("secret file", "It can be read by others.", "Run chmod 600.")],
}


async def test_each_finding_says_what_to_do(context: WebContext, viewer: Operator) -> None:
    assert "Nothing can be checked from here" in await viewer.look("/checks")
    findings: list[Finding] = []
    async with operator(replace(context, check=lambda _: findings), Role.OWNER) as owner:
        for said, found in LEVELS.items():
            findings[:] = found
            page = await owner.look("/checks")
            assert said in page
            for finding in found:
                assert finding.why in page
                assert finding.advice in page


async def test_test_mode_is_seen_on_every_page(owner: Operator) -> None:
    assert "Switched on, all emails go to" in await owner.look("/checks")
    await owner.post("/test-mode", at="/checks", action="on")
    assert "Test mode is on: all emails go to" in await owner.look("/audit")
    for _ in range(2):
        await owner.post("/test-mode", at="/checks", action="off")
    assert "Test mode is on" not in await owner.look("/checks")
    assert owner.entries() == ["test mode off", "test mode on"]
