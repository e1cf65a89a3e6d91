"""How keys look that are shown once: what they begin with, eight letters to recognise one by, and 256 random bits."""

import hmac
import re
import secrets
from dataclasses import dataclass

from dailypapers.accounts.sessions import hash_of, new_token

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
#: No key has this hash; what is compared with it takes as long as any.
_NOBODYS = hash_of("")


@dataclass(frozen=True, slots=True)
class KeyForm:
    """Keys of one kind."""

    #: What every key begins with, so that scanners of published code find keys that got there.
    begins: str

    def new(self) -> tuple[str, str]:
        """Return a new key's prefix, and the key."""
        prefix = self.begins + "".join(secrets.choice(_LETTERS) for _ in range(8))
        return prefix, f"{prefix}_{new_token()}"

    def prefix_of(self, text: str) -> str | None:
        """Return the prefix of what looks like a key; `None` for anything else."""
        match = re.fullmatch(self._pattern, text)
        return match[1] if match else None

    def is_in(self, text: str) -> bool:
        """Return whether there is something in a text that looks like a key."""
        return bool(re.search(self._pattern, text))

    @property
    def _pattern(self) -> str:
        return rf"({self.begins}[{_LETTERS}]{{8}})_[A-Za-z0-9_-]{{43}}"


def is_right(text: str, key_hash: str | None) -> bool:
    """Return whether a key has this hash; its time does not tell how much of it is right, nor whether there is one."""
    return hmac.compare_digest(hash_of(text), key_hash or _NOBODYS) and key_hash is not None
