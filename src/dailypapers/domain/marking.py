"""Sentences for readers that stand in code: marked where they are written, translated where they are shown."""


def N_(message: str) -> str:  # noqa: N802 - gettext's name for it, which extraction looks for
    """The same sentence, which from now on is gathered for translators."""
    return message
