"""Every error dailypapers raises on purpose. The message is the sentence a person reads."""


def _printable(text: str) -> str:
    """Put a space for what no terminal should be sent and no database keeps: messages quote strangers."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


class DailypapersError(Exception):
    """Something went wrong that a person can mend; the message says what and how."""


class BadPaperId(DailypapersError, ValueError):
    """A text that names no paper."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"“{_printable(text[:80])}” is not an arXiv ID or a DOI, or a link to one; write 2408.01234, for example."
        )


class BadSettings(DailypapersError, ValueError):
    """A setting that is unknown, missing or of the wrong kind."""


class BadInput(DailypapersError, ValueError):
    """A file or an argument that cannot be read as what it should be."""


class BadToken(DailypapersError, ValueError):
    """A link that was not signed by us, was signed for something else, or is too old."""


class Undecipherable(DailypapersError, ValueError):
    """Something stored that cannot be decrypted."""


class FetchFailed(DailypapersError, OSError):
    """A source that could not be fetched. The message is one line of printable text, whatever it quotes."""

    def __init__(self, message: str) -> None:
        super().__init__(_printable(message))


class MailServerUnreachable(DailypapersError, OSError):
    """No conversation with the outgoing mail server."""


class CannotListen(DailypapersError, OSError):
    """A port we were told to listen on and could not have."""


class DatabaseUnreachable(DailypapersError, OSError):
    """No conversation with the database."""


class DatabaseDamaged(DatabaseUnreachable):
    """A file that is not a database, or is one no longer."""


class DatabaseNotMigrated(DatabaseUnreachable):
    """A database whose tables are missing, or are those of another version."""


class Busy(DailypapersError):
    """More is asked at once than can be answered; a moment later it can."""


class NotShareable(DailypapersError):
    """A template does something with one reader's value that cannot be done before the value is known."""


class TakenForSlots(NotShareable):
    """A text holds characters that stand for a reader's values, so that this one mail is rendered whole."""
