"""E-mail addresses, looked at: which of them reach one mailbox, and which were probably mistyped."""

#: Providers that read one mailbox's name with and without dots.
_DOTLESS = frozenset({"gmail.com"})
#: Two names of one provider.
_SAME_AS = {"googlemail.com": "gmail.com"}
#: Domains that many people have an address at; one letter beside them is probably a slip.
_WELL_KNOWN = frozenset(
    {
        "aol.com", "free.fr", "gmail.com", "gmx.at", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com",
        "hotmail.co.uk", "hotmail.de", "hotmail.fr", "icloud.com", "live.com", "mac.com", "mail.com", "mail.ru",
        "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com", "outlook.de", "outlook.fr", "pm.me", "posteo.de",
        "proton.me", "protonmail.com", "qq.com", "t-online.de", "web.de", "yahoo.co.uk", "yahoo.com", "yahoo.de",
        "yahoo.fr", "yandex.com", "yandex.ru", "ymail.com", "163.com", "126.com", "fastmail.com", "mailbox.org",
    }
)  # fmt: skip
#: Real providers one letter beside a well-known one: whoever writes these means them.
_REAL = frozenset({"email.com", "imail.com", "jmail.com", "qmail.com", "tmail.com", "umail.com", "zmail.com"})
#: What people write for .com; the last three are countries, where none of these providers has a domain.
_SLIPS_OF_COM = frozenset({"cim", "cmo", "coom", "comm", "con", "cpm", "ocm", "vom", "xom", "cm", "co", "om"})
#: Shorter domains have too many neighbours that are somebody's.
_LONG_ENOUGH = 8


def domain_of(address: str) -> str:
    """What stands behind the last @."""
    return address.rpartition("@")[2]


def normalised_mailbox(address: str) -> str:
    """The one form of all addresses that reach the same mailbox, as far as providers say so; only for counting.

    What follows a plus is a detail (RFC 5233), and Gmail reads no dots.
    """
    name, _, domain = address.rpartition("@")
    domain = _SAME_AS.get(domain, domain)
    bare = name.partition("+")[0] or name
    if domain in _DOTLESS:
        bare = bare.replace(".", "") or bare
    return f"{bare}@{domain}"


def suggestion(address: str) -> str:
    """Return the address that was probably meant, where its domain is one slip away from a well-known one; else "".

    A slip within the ending counts only where it stands for .com: providers have domains in many countries, and
    posteo.me is as real as posteo.de.
    """
    name, _, domain = address.rpartition("@")
    if domain in _WELL_KNOWN | _REAL or len(domain) < _LONG_ENOUGH:
        return ""
    candidates = (known for known in sorted(_WELL_KNOWN) if _one_slip(domain, known))
    likely = next((known for known in candidates if _is_ending_meant(domain, known)), "")
    return f"{name}@{likely}" if likely else ""


def _is_ending_meant(typed: str, known: str) -> bool:
    """Whether two domains end alike, or the typed one as people mistype .com."""
    written, known_ending = typed.rpartition(".")[2], known.rpartition(".")[2]
    return written == known_ending or (known_ending == "com" and written in _SLIPS_OF_COM)


def _one_slip(typed: str, known: str) -> bool:
    """Whether one letter is missing, too many or another, or two neighbours changed places."""
    if len(typed) < len(known):
        typed, known = known, typed
    if len(typed) - len(known) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(typed, known, strict=False)) if a != b), len(known))
    if len(typed) > len(known):
        return typed[at + 1 :] == known[at:]
    swapped = typed[at : at + 2] == known[at : at + 2][::-1]
    return typed[at + 1 :] == known[at + 1 :] or (swapped and typed[at + 2 :] == known[at + 2 :])
