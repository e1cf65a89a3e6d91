import pytest

from dailypapers.sources.parsing.cleaning import clean
from dailypapers.sources.tex.addresses import set_aside


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/lab/what-is--and-why",
        "https://people.example.edu/g/a~lee/code",
        "https://example.org/~lee/x--y",
        "https://youtu.be/--khb",
        "www.example.org/a--b",
        "github.com/lab/what--why",
        "lab/what-is--and-why",
        "git@host.example.org:lab/what--why~a.git",
        "ann--lee@x-y.example.org",
        "10.1000/a--b~c",
        "`pip install x--y`",
        "https://example.org/wiki/A_(b)--c",
    ],
)
def test_an_address_stays_as_it_was_written(address: str) -> None:
    assert clean(f"Code at {address} now") == f"Code at {address} now"
    assert clean(f"Pages 1--5 ({address}).") == f"Pages 1–5 ({address})."
    assert clean(f"``{address}''") == f"“{address}”" or "`" in address


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"\url{https://example.org/a--b/c~d}.", "https://example.org/a--b/c~d."),
        (r"\texttt{a--b\_c}", "a--b_c"),
        (r"\verb|a--b|", "a--b"),
        (r"https://x.example.edu/$\sim$lee/a\_b.", "https://x.example.edu/~lee/a_b."),
        (r"https://x.example.edu/{\tilde}lee", "https://x.example.edu/~lee"),
        (r"\href{https://x.example/a--b}{the code}", "the code"),
        (r"\href{https://x.example/a--b\_c}.", "https://x.example/a--b_c."),
        (r"\footnote{https://x.example/a--b}", "(https://x.example/a--b)"),
        (r"$\texttt{https://x.example/b--c}$", "https://x.example/b--c"),
        (r"\texttt{\textbf{a}--b}", "a–b"),
    ],
)
def test_an_address_escaped_for_tex_is_read(written: str, meant: str) -> None:
    assert clean(f"at {written}") == f"at {meant}"


def test_prose_is_prose() -> None:
    assert clean("Navier--Stokes and/or time/space--accuracy a~b") == "Navier–Stokes and/or time/space–accuracy a b"


def test_what_is_set_aside_is_what_the_reader_gets() -> None:
    aside: list[str] = []

    def keep(written: str) -> str:
        aside.append(written)
        return "@"

    text = set_aside(r"see https://x.example/a\_b, ann@x.example", keep)
    assert (text, aside) == ("see @, @", ["https://x.example/a_b", "ann@x.example"])


@pytest.mark.parametrize(
    "address", ["doi: 10.1101/a--b", "WWW.Lab.Example/~a--b", "lab.example.org/~a--b", "http://a.example/~b--c"]
)
def test_an_address_is_found_wherever_it_stands_among_words_with_strokes(address: str) -> None:
    kept: list[str] = []

    def keep(written: str) -> str:
        kept.append(written)
        return ""

    set_aside(f"İ and/or either/or text, {address}, and more/less", keep)
    assert kept == [address]
