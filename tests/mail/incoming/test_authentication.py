"""Whether a mail is from whom it says, as our mail server found it."""

import pytest

from dailypapers.mail.incoming.authentication import is_forged
from dailypapers.mail.incoming.parts import header_fields

OURS = "mx.example.org"


@pytest.mark.parametrize(
    ("fields", "forged"),
    [
        (["mx.example.org; dmarc=fail (p=REJECT dis=NONE) header.from=a.example; spf=pass"], True),
        (["MX.example.org 1; dkim=pass header.d=a.example; dmarc=pass (p=reject)"], False),
        (["mx.example.org; spf=fail smtp.mailfrom=a.example; dkim=none"], True),
        (["mx.example.org; spf=fail; dkim=fail; dkim=pass header.d=a.example"], False),
        (["mx.example.org; spf=none; dkim=none; dmarc=none"], False),
        (["mx.example.org; none"], False),
        (["other.example; dmarc=fail"], False),
        (["mx.example.org; dmarc=fail", "mx.example.org; dmarc=pass"], True),
        (["mx.example.org; dmarc=pass", "mx.example.org; dmarc=fail"], False),
        (["mx.example.org (dmarc=fail); dmarc=pass (was dmarc=fail)"], False),
        ([""], False),
        ([], False),
    ],
)
def test_only_what_our_server_put_on_top_counts(fields: list[str], forged: bool) -> None:
    headers = header_fields("\n".join(f"Authentication-Results: {field}" for field in fields))
    assert is_forged(headers, OURS) is forged
    assert is_forged(headers, "") is False
