"""The addresses a mail may carry. Signing lives in `dailypapers.links`."""

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What a signed link is good for; a token for one purpose opens nothing else."""

    CONFIRM = "confirm"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Links:
    """What a digest links to besides its papers."""

    home: str
    unsubscribe: str
    unsubscribe_mailto: str = ""
