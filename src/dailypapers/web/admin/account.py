"""One's own account: the second factor, and where one is signed in."""

import sqlalchemy as sa
from fastapi.responses import Response

from dailypapers.accounts import second_factor
from dailypapers.accounts.sign_in import Refusal, confirm_password
from dailypapers.store import accounts, audit
from dailypapers.store.database import reading, writing
from dailypapers.web.admin.gate import Visit


def show(visit: Visit) -> Response:
    """Show what is set."""
    return _page(visit)


def _page(visit: Visit, *, status: int = 200, refusal: Refusal | None = None, **values: object) -> Response:
    with reading(visit.context.engine) as tx:
        codes_left = accounts.count_recovery_codes(tx, visit.account.id)
    blank: dict[str, object] = {"secret": "", "qr_code": "", "codes": (), "wrong_code": False}
    context = blank | {"codes_left": codes_left, "done": visit.query("done")} | values
    return visit.page("account", status=status, refusal=refusal.value if refusal else "", **context)


def act(visit: Visit) -> Response:
    """Begin or finish setting up the second factor, or switch it off."""
    action = visit.button("begin", "finish", "off")
    if action == "finish":
        return _finish(visit)
    if refusal := _password_refused(visit):
        return _page(visit, status=429 if refusal is Refusal.TOO_MANY else 403, refusal=refusal)
    return _switch_off(visit) if action == "off" else _begin(visit, second_factor.new_secret())


def _password_refused(visit: Visit) -> Refusal | None:
    context, password = visit.context, visit.form.get("password", "")
    if not visit.account.password_hash:
        return None  # They sign in elsewhere, and have none here.
    return confirm_password(
        context.engine, context.signer, visit.account, password=password, network=visit.network, now=visit.now
    )


def _begin(visit: Visit, secret: str, *, wrong_code: bool = False) -> Response:
    address = second_factor.address_of(secret, email=visit.account.email, service=visit.context.renderer.sender.name)
    picture = second_factor.qr_code(address)
    return _page(visit, status=400 if wrong_code else 200, secret=secret, qr_code=picture, wrong_code=wrong_code)


def _finish(visit: Visit) -> Response:
    """Store the secret once a code shows that the phone has it."""
    secret = visit.value("secret")
    try:
        period = second_factor.period_of(secret, visit.value("code"), now=visit.now)
    except ValueError:  # Not base 32: no form of ours holds it.
        return _page(visit, status=400)
    if period is None:
        return _begin(visit, secret, wrong_code=True)
    codes = second_factor.new_recovery_codes()
    service_secret = visit.context.signer.secret
    with writing(visit.context.engine) as tx:
        second_factor.switch_on(tx, service_secret, visit.account, secret, period=period, codes=codes)
        _note(tx, visit, "second factor on")
    return _page(visit, codes=codes)


def _switch_off(visit: Visit) -> Response:
    with writing(visit.context.engine) as tx:
        accounts.set_second_factor(tx, visit.account.id, None)
        _note(tx, visit, "second factor off")
    return visit.redirect("/account?done=off")


def _note(tx: sa.Connection, visit: Visit, action: str) -> None:
    audit.note(tx, action, actor=visit.account.email, now=visit.now, after={"id": visit.account.id})
