"""One's own account: a second factor is set up by showing a code, and takes the password to change."""

import re

import pyotp
from tests.web.admin.conftest import PASSWORD, Operator
from tests.web.conftest import NOW

from dailypapers.store import accounts
from dailypapers.store.database import reading


def has_one(owner: Operator) -> bool:
    with reading(owner.engine) as tx:
        (account,) = accounts.every(tx)
    return account.has_second_factor


async def test_a_second_factor_is_set_up_and_switched_off(owner: Operator) -> None:
    refused = await owner.post("/account", action="begin", password="wrong")
    assert (refused.status_code, "The password is wrong" in refused.text) == (403, True)
    begun = await owner.post("/account", action="begin", password=PASSWORD)
    (secret,) = re.findall(r'name="secret" value="(\w+)"', begun.text)
    assert 'src="data:image/svg+xml' in begun.text
    wrong = await owner.post("/account", action="finish", secret=secret, code="000000")
    assert (wrong.status_code, "This code is wrong" in wrong.text, has_one(owner)) == (400, True, False)
    assert (await owner.post("/account", action="finish", secret="!", code="1")).status_code == 400
    on = await owner.post("/account", action="finish", secret=secret, code=pyotp.TOTP(secret).at(NOW))
    codes = re.findall(r"<code>([\w-]{19})</code>", on.text)
    assert (len(codes), has_one(owner)) == (10, True)
    assert "10 recovery codes are left" in await owner.look("/account")
    off = await owner.post("/account", action="off", password=PASSWORD)
    assert (off.headers["location"], has_one(owner)) == ("/admin/account?done=off", False)
    assert "The second factor is off" in await owner.look("/account?done=off")
    assert owner.entries() == ["second factor off", "second factor on"]
