"""One email: what was in it, each try, what the server said; what it looks like; and sending it again."""

from dataclasses import replace

import sqlalchemy as sa
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from dailypapers.digests.layout import message
from dailypapers.digests.render_input import RenderInput, load_inputs
from dailypapers.domain.delivery import Delivery, DeliveryState, Doubt, MailKind
from dailypapers.domain.link import Bearer
from dailypapers.store import attempts, bounces, history, holds
from dailypapers.store.database import reading, writing
from dailypapers.web.admin.gate import Visit
from dailypapers.web.admin.subscribers import number_in

#: Digests that may be sent once more: they have picks, and nobody is about to send them.
_MAY_BE_RESENT = (DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN, DeliveryState.BOUNCED)
#: The email stands in a frame of its own: it runs nothing, loads nothing, and its links lead nowhere.
_IN_FRAME = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
_WITH_FRAME = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def show(visit: Visit) -> Response:
    """Show an email's story."""
    with reading(visit.context.engine) as tx:
        delivery = _require_delivery(tx, visit)
        (render_input,) = load_inputs(tx, [delivery])
        tries = attempts.of_delivery(tx, delivery.id)
        returned = [each for each in bounces.of_subscriber(tx, delivery.subscriber) if each.delivery_id == delivery.id]
    page = visit.page(
        "delivery",
        delivery=delivery,
        digest=render_input.digest,
        edition=render_input.edition,
        tries=tries,
        bounces=returned,
        may_resend=delivery.kind is MailKind.DIGEST and delivery.state in _MAY_BE_RESENT,
        may_carry=_may_be_carried(delivery),
        done=visit.query("done"),
    )
    page.headers["Content-Security-Policy"] = _WITH_FRAME
    return page


def _may_be_carried(delivery: Delivery) -> bool:
    is_undecided = delivery.doubt in {None, Doubt.HOLD, Doubt.RESEND}
    return delivery.kind is MailKind.DIGEST and delivery.state is DeliveryState.UNCERTAIN and is_undecided


def _require_delivery(tx: sa.Connection, visit: Visit) -> Delivery:
    delivery = history.by_id(tx, number_in(visit, "delivery_id"))
    if delivery is None:
        raise HTTPException(404)
    return delivery


def preview(visit: Visit) -> Response:
    """Show the email itself, rendered as it is sent, but with links that open nothing of its reader's."""
    with reading(visit.context.engine) as tx:
        (render_input,) = load_inputs(tx, [_require_delivery(tx, visit)])
    rendered = message(visit.context.renderer, _without_links(render_input))
    html = rendered.html or f"<pre>{_escaped(rendered.text)}</pre>"
    return HTMLResponse(html.encode("utf-8", "replace"), headers={"Content-Security-Policy": _IN_FRAME})


def _without_links(render_input: RenderInput) -> RenderInput:
    """Return the same for nobody: an operator may see a reader's email, and act for nobody."""
    return replace(render_input, bearer=Bearer(0))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def act(visit: Visit) -> Response:
    """Send a digest again, or let its papers be picked again."""
    carries = visit.button("carry", "resend") == "carry"
    with writing(visit.context.engine) as tx:
        delivery = _require_delivery(tx, visit)
        done = _carry(tx, visit, delivery) if carries else _resend(tx, visit, delivery)
    outcome = ("carried" if carries else "queued") if done else "too-late"
    return visit.redirect(f"/deliveries/{delivery.id}?done={outcome}")


def _resend(tx: sa.Connection, visit: Visit, delivery: Delivery) -> bool:
    deadline = visit.now + visit.context.digest_options.deadline
    if not holds.resend(tx, delivery.id, _MAY_BE_RESENT, deadline=deadline, now=visit.now):
        return False
    _note(tx, visit, delivery, "delivery resent")
    return True


def _carry(tx: sa.Connection, visit: Visit, delivery: Delivery) -> bool:
    if not holds.decide(tx, Doubt.CARRY, delivery_id=delivery.id, now=visit.now):
        return False
    _note(tx, visit, delivery, "delivery carried over")
    return True


def _note(tx: sa.Connection, visit: Visit, delivery: Delivery, action: str) -> None:
    about = {"delivery": delivery.id, "edition": delivery.edition}
    visit.note(tx, action, address=delivery.address, before={"state": delivery.state, **about}, after=about)
