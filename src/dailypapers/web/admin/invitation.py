"""The one-time link by which somebody sets their password."""

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from dailypapers.accounts.invite import accept, password_hash
from dailypapers.accounts.sessions import hash_of
from dailypapers.domain.account import Account
from dailypapers.errors import BadInput
from dailypapers.store import accounts
from dailypapers.store.database import reading, writing
from dailypapers.web.admin.gate import Visit


def show(visit: Visit) -> Response:
    """Show the form for a new password; the link stays good until it is sent."""
    account = _invited(visit)
    return _form(visit, account) if account else _expired(visit)


def act(visit: Visit) -> Response:
    """Set the password, and lead to the page for signing in."""
    account, password = _invited(visit), visit.form.get("password", "")
    if account is None:
        return _expired(visit)
    try:
        hashed = password_hash(password, account)
    except BadInput as error:
        return _form(visit, account, trouble=visit.context.translate(str(error)))
    if visit.form.get("again", "") != password:
        return _form(visit, account, trouble="differs")
    with writing(visit.context.engine) as tx:
        # Once: of two that are sent together the second finds the link used.
        if accounts.invited(tx, hash_of(visit.path("token")), now=visit.now) is None:
            raise HTTPException(410)
        accept(tx, account, hashed, now=visit.now)
    return visit.redirect("/sign-in?notice=password")


def _invited(visit: Visit) -> Account | None:
    with reading(visit.context.engine) as tx:
        return accounts.invited(tx, hash_of(visit.path("token")), now=visit.now)


def _form(visit: Visit, account: Account, *, trouble: str = "") -> Response:
    return visit.page(
        "invitation",
        status=400 if trouble else 200,
        email=account.email,
        trouble=trouble,
        form_token=visit.form["form_token"],
    )


def _expired(visit: Visit) -> Response:
    return visit.page("invitation", status=410, email="", trouble="", form_token="")
