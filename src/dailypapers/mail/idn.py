"""Addresses as they stand in an envelope: only a local part beyond ASCII needs SMTPUTF8 (RFC 6531)."""

import idna


def envelope_address(address: str) -> str:
    """Return an address with its domain as A-labels (RFC 5890), unless its local part is beyond ASCII.

    Raises `ValueError` for a domain that is not one.
    """
    if address.isascii():
        return address
    local, at, domain = address.rpartition("@")
    if not local.isascii():
        return address
    return f"{local}{at}{idna.encode(domain, uts46=True).decode()}"
