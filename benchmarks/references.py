"""How long reading references takes, on what people have and on what was made to hurt, beside two BibTeX parsers.

    pip install pybtex; python benchmarks/references.py [--size 1000000] [--limit 10]

Each cell is seconds and how many papers (for the parsers: entries) were read of so many characters, in a process of
its own that is stopped after `--limit` seconds. bibtexparser is what ours is made with, here without our bounds.
"""

import argparse
import datetime as dt
import platform
import subprocess
import sys
from collections.abc import Iterator

_ENTRY = (
    "@article{{k{0}, title={{A {{T}}itle of {{\\'E}}tude {0}}}, author={{Lee, Ann and Roy, B.}}, year=2020,\n"
    "  abstract={{What it is about, in words.}}, eprint={{2401.{0:05d}}}, archiveprefix={{arXiv}}}}\n"
)
_RUN = """
import logging, sys, time
logging.disable(logging.CRITICAL)
text = sys.stdin.read()
if sys.argv[1] == "dailypapers":
    from dailypapers.references.read import read
    run = lambda: len(read(text).papers)
elif sys.argv[1] == "bibtexparser":
    from bibtexparser.entrypoint import parse_string
    run = lambda: len(parse_string(text).entries)
else:
    from pybtex.database import parse_string
    run = lambda: len(parse_string(text, "bibtex").entries)
started = time.perf_counter()
try:
    found = str(run())
except Exception as error:
    found = "stops: " + type(error).__name__
print(f"{time.perf_counter() - started:.2f} s, {found}")
"""
READERS = ("dailypapers", "bibtexparser", "pybtex")


def cases(size: int) -> Iterator[tuple[str, str]]:
    """What is read, with a name."""
    yield "1,000 entries", "".join(_ENTRY.format(n) for n in range(1000))
    yield "1,000 entries, one broken", "".join(_ENTRY.format(n).replace("}", "", n == 500) for n in range(1000))
    yield "entries, as many as fit", "".join(_ENTRY.format(n) for n in range(size // len(_ENTRY.format(9999))))
    yield "arXiv ids, one a line", "".join(f"{2401 + n // 90000}.{n % 90000:05d}\n" for n in range(size // 11))
    yield "prose, one word a line", "word\n" * (size // 5)
    yield "open blocks", "@a{\n" * (size // 4)
    yield "open braces", "@article{a, title={" + "{" * size
    yield "quotation marks", '@article{a, title="' + '" ' * (size // 2)
    yield (
        "30 macros, each twice the last",
        '@string{s0="a"}\n'
        + "".join(f"@string{{s{n + 1}=s{n} # s{n}}}\n" for n in range(30))
        + "@article{a, title=s30}",
    )
    yield "titles of TeX quotes", ("@a{k, title={" + "``" * 1500 + "}}\n") * (size // 3020)


def cell(reader: str, text: str, limit: float) -> str:
    """Seconds, and what was read."""
    try:
        done = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-c", _RUN, reader],
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"over {limit:g} s"
    return done.stdout.strip() or "not installed"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--limit", type=float, default=10)
    asked = parser.parse_args()
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {platform.machine()}, Python {platform.python_version()}\n")
    print(f"| what is read | {' | '.join(READERS)} |\n|---|{'---|' * len(READERS)}")
    for name, text in cases(asked.size):
        print(f"| {name} | {' | '.join(cell(reader, text, asked.limit) for reader in READERS)} |", flush=True)


if __name__ == "__main__":
    main()
