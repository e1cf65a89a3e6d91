"""Exports of other newsletter programs: recognised by their columns, and what they say of each address.

The columns are those of Mailchimp's audience export (three files: subscribed, unsubscribed, cleaned), listmonk's
subscriber export, Substack's, Ghost's members and Buttondown's subscribers, as of November 2026.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dailypapers.domain.zone import knows_zone


class Standing(StrEnum):
    """How an address stood with another newsletter."""

    READING = "reading"
    UNCONFIRMED = "unconfirmed"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True)
class Program:
    """A program that exports subscribers: by which columns it is known, and where it says how somebody stands."""

    name: str
    marks: frozenset[str]
    """All of these are columns of its exports, and of no other program's."""
    status: str = ""
    """The column that holds a state, as one of `states`."""
    states: Mapping[str, Standing] | None = None
    left: Mapping[str, Standing] | None = None
    """Columns that hold anything only where somebody has left, and why."""


_YES_AND_NO = {
    **dict.fromkeys(("true", "1", "yes"), Standing.READING),
    **dict.fromkeys(("false", "0", "no"), Standing.UNSUBSCRIBED),
}
_NO_AND_YES = {
    **dict.fromkeys(("false", "0", "no", ""), Standing.READING),
    **dict.fromkeys(("true", "1", "yes"), Standing.UNSUBSCRIBED),
}
PROGRAMS = (
    Program(
        "Mailchimp",
        frozenset({"leid", "euid"}),
        left={
            "clean_time": Standing.BOUNCED,
            "clean_campaign_title": Standing.BOUNCED,
            "unsub_time": Standing.UNSUBSCRIBED,
            "unsub_campaign_title": Standing.UNSUBSCRIBED,
            "unsub_reason": Standing.UNSUBSCRIBED,
        },
    ),
    Program(
        "listmonk",
        frozenset({"uuid", "attributes", "status"}),
        "status",
        {"enabled": Standing.READING, "disabled": Standing.UNSUBSCRIBED, "blocklisted": Standing.COMPLAINED},
    ),
    # Its interface calls the attributes so.
    Program(
        "listmonk",
        frozenset({"uuid", "attribs", "status"}),
        "status",
        {"enabled": Standing.READING, "disabled": Standing.UNSUBSCRIBED, "blocklisted": Standing.COMPLAINED},
    ),
    Program("Substack", frozenset({"active_subscription", "email_disabled"}), "email_disabled", _NO_AND_YES),
    Program("Ghost", frozenset({"subscribed_to_emails", "complimentary_plan"}), "subscribed_to_emails", _YES_AND_NO),
    Program("Ghost", frozenset({"uuid", "subscribed", "labels"}), "subscribed", _YES_AND_NO),
    *(
        Program(
            "Buttondown",
            frozenset({"creation_date", "tags", column}),
            column,
            {
                **dict.fromkeys(
                    ("regular", "premium", "trialed", "unpaid", "gifted", "churning", "churned", "paused", "past_due"),
                    Standing.READING,
                ),
                "unactivated": Standing.UNCONFIRMED,
                **dict.fromkeys(("unsubscribed", "removed", "blocked", "upcoming"), Standing.UNSUBSCRIBED),
                "undeliverable": Standing.BOUNCED,
                **dict.fromkeys(("complained", "spammy"), Standing.COMPLAINED),
            },
        )
        for column in ("type", "subscriber_type")
    ),
)


def program_of(columns: Collection[str]) -> Program | None:
    """Return which program has written a table or an object with these columns; `None` where none is known."""
    return next((each for each in PROGRAMS if each.marks <= set(columns)), None)


def standing_of(program: Program, fields: Mapping[str, Any]) -> Standing:
    """Return how an address stood; one in a state we do not know counts as unsubscribed."""
    for column, standing in (program.left or {}).items():
        if str(fields.get(column) or "").strip():
            return standing
    if not program.states:
        return Standing.READING
    status = str(fields.get(program.status, "")).strip().lower()
    return program.states.get(status, Standing.UNSUBSCRIBED)


def our_fields(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return what of another program's fields we have a use for: a time zone."""
    zone = str(fields.get("timezone") or "").strip()
    return {"zone": zone} if zone and knows_zone(zone) else {}
