"""Signing in and out: the password, then the code of the second factor where there is one."""

from fastapi.responses import Response

from dailypapers.accounts.sign_in import Refusal, enter_code, sign_in
from dailypapers.domain.account import Stage
from dailypapers.store import accounts, audit
from dailypapers.store.database import writing
from dailypapers.web.admin.gate import SESSION_COOKIE, Visit


def show(visit: Visit) -> Response:
    """Show the form; who is signed in already is led on."""
    if visit.session and visit.session.stage is Stage.SIGNED_IN:
        return visit.redirect(wanted_page(visit.query("next")))
    return _form(visit, next_page=visit.query("next"), notice=visit.query("notice"))


def act(visit: Visit) -> Response:
    """Check the address and the password."""
    context = visit.context
    outcome = sign_in(
        context.engine,
        context.signer,
        email=visit.value("email"),
        password=visit.form.get("password", ""),
        network=visit.network,
        now=visit.now,
    )
    if isinstance(outcome, Refusal):
        return _form(visit, next_page=visit.value("next"), refusal=outcome)
    return visit.signed_in(outcome, wanted_page(visit.value("next")))


def _form(visit: Visit, *, next_page: str, refusal: Refusal | None = None, notice: str = "") -> Response:
    return visit.page(
        "sign_in",
        status=_STATUS[refusal],
        refusal=refusal.value if refusal else "",
        email=visit.value("email"),
        next_page=wanted_page(next_page),
        form_token=visit.form["form_token"],
        notice=notice if notice in {"password", "signed-out", "oidc"} else "",
        provider=provider.name if (provider := visit.context.operators_oidc) else "",
    )


_STATUS = {None: 200, Refusal.WRONG: 403, Refusal.TOO_MANY: 429}


def wanted_page(path: str) -> str:
    """Return the path of one of our pages below /admin, empty for anything else: nobody is led elsewhere."""
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_ours else ""


def show_code(visit: Visit) -> Response:
    """Show the form for the code of the second factor."""
    if visit.session is None:
        return visit.redirect("/sign-in")
    if visit.session.stage is Stage.SIGNED_IN:
        return visit.redirect()
    return visit.page("code", refusal="", form_token=visit.form["form_token"])


def act_code(visit: Visit) -> Response:
    """Check the code."""
    if visit.session is None:
        return visit.redirect("/sign-in")
    context = visit.context
    outcome = enter_code(
        context.engine, context.signer, visit.session, code=visit.value("code"), network=visit.network, now=visit.now
    )
    if isinstance(outcome, Refusal):
        status = _STATUS[outcome]
        return visit.page("code", status=status, refusal=outcome.value, form_token=visit.form["form_token"])
    return visit.signed_in(outcome)


def sign_out(visit: Visit) -> Response:
    """End the session."""
    assert visit.session is not None  # noqa: S101 - only for who has one
    with writing(visit.context.engine) as tx:
        accounts.end_session(tx, visit.session.id_hash)
    answer = visit.redirect("/sign-in?notice=signed-out")
    answer.delete_cookie(SESSION_COOKIE, path=f"{visit.context.root}admin")
    return answer


def sign_others_out(visit: Visit) -> Response:
    """End all other sessions of the account."""
    assert visit.session is not None  # noqa: S101 - as above
    with writing(visit.context.engine) as tx:
        ended = accounts.end_other_sessions(tx, visit.account.id, but=visit.session.id_hash)
        audit.note(tx, "sessions ended", actor=visit.account.email, now=visit.now, before={"sessions": ended})
    return visit.redirect("/account?done=sessions")
