"""A message: a rendered mail, before it is MIME; and the bytes that leave."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a mail carries; its name is ASCII of our own making."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """What a template folder renders to: a one-line subject, equal content as text and as HTML."""

    subject: str
    text: str
    html: str
    attachment: Attachment | None = None


@dataclass(frozen=True, slots=True)
class EncodedMessage:
    """A message whose parts are quoted-printable already, each beginning and ending a line; no HTML: text alone."""

    subject: str
    text: bytes
    html: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the From of every mail, the list it belongs to, and where bounces go."""

    name: str
    address: str
    bounce_address: str
    list_id: str
    owner: str = ""
    #: Whether the bounce address takes anything behind a plus, so that each mail can have its own.
    bounce_plus: bool = False
    #: Where reports of complaints may be sent; empty where nowhere.
    complaints: str = ""
    #: Who sends, as Gmail's feedback loop has it.
    feedback_id: str = "dailypapers"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands on the outside: RFC 5321's reverse path and the one recipient."""

    sender: str
    recipient: str


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail ready to leave: CRLF lines, 7-bit or quoted-printable."""

    envelope: Envelope
    content: bytes
    delivery: int = 0
    """Which delivery it is; 0 where it is none."""
    is_canonical: bool = False
    """Whether it was built so that all lines end in CRLF and none begins with a dot; then nobody looks again."""
    server: str = ""
    """The name of the mail server it goes by; empty where there is one only."""
