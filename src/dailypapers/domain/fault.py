"""Whose fault it is that a mail did not arrive, and whether that passes: what is done next follows from the two."""

from enum import StrEnum


class Fault(StrEnum):
    """Whose fault it is."""

    NONE = "none"
    """Nobody's: the mail was accepted."""
    MAILBOX = "mailbox"
    """The reader's mailbox: full, greylisted, gone."""
    DOMAIN = "domain"
    """The receiving side: it does not take this mail, and the address may be a good one."""
    CONNECTION = "connection"
    """The way there: no connection, a lost one, a server that is shutting down. It says nothing of any reader."""
    MESSAGE = "message"
    """This one mail: it could not be made, is too large, or could not be written to this server."""
    PACE = "pace"
    """Nobody's, and so that of no reader: more mails than may be sent for now."""
    US = "us"
    """Ours, and so that of all our mails: policy, reputation, authentication."""


class Finality(StrEnum):
    """Whether another try may end differently."""

    PASSING = "passing"
    FINAL = "final"
