"""Addresses in texts that anybody may have written."""

import re

_LOCAL, _DOMAIN = r"[^\s<>()\[\]\",;:\\，。、；：！？]{1,128}", r"[^\s<>()\[\]\",;:\\，。、；：！？]{1,253}"
#: Near enough to RFC 5321 4.1.2 for what stands between other words.
ADDRESS = re.compile(f"{_LOCAL}@{_DOMAIN}")


def first_address(text: str) -> str:
    """Return the first address in a text; empty where there is none."""
    match = ADDRESS.search(text)
    return match[0].strip("'.") if match else ""
