"""The vocabulary of reports: no text takes long, however it repeats itself."""

import re
import time

from dailypapers.mail.incoming import phrases

#: What the patterns begin with, over and over.
REPEATED = (
    "mailbox ", "message", "user unknown address ", "a" * 50, "a.b", "550 ", "host ", "exceed", " ", "\n", ">",
    "(", "見つ", "@",
)  # fmt: skip


def test_every_pattern_is_quick_on_texts_made_to_be_slow() -> None:
    patterns = [each for each in vars(phrases).values() if isinstance(each, re.Pattern)]
    assert len(patterns) > 20
    start = time.process_time()
    for text in REPEATED:
        for pattern in patterns:
            pattern.search((text * 3_000)[:3_000])
    assert time.process_time() - start < 5, "the slowest took 0.02 s when this was written"
