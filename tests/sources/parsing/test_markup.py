import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.sources.parsing.cleaning import clean, clean_blocks
from dailypapers.sources.parsing.markup import blocks, read_markup


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (
            r'a <inline-formula><tex-math notation="LaTeX">$29\times $</tex-math></inline-formula> speedup',
            "a 29× speedup",
        ),
        (
            r"<tex-math>\documentclass{minimal} \begin{document}$$M_\odot$$\end{document}</tex-math>",
            "M_⊙",
        ),
        (
            "<inline-formula><alternatives><tex-math>$x$</tex-math><m:math><m:mi>x</m:mi></m:math></alternatives></inline-formula>s",
            "xs",
        ),
        ('the <named-content content-type="genus">Felis</named-content> genus', "the Felis genus"),
        ("<scp>DNA</scp> and <sc>rna</sc>", "DNA and rna"),
        ('as before <xref ref-type="bibr" rid="r1">[1]</xref>.', "as before [1]."),
        ("a type <roman>IV</roman> system", "a type IV system"),
        ("<jats:p>One <jats:italic>E. coli</jats:italic></jats:p><jats:p>two</jats:p>", "One E. coli two"),
        ("<list><list-item><p>one</p></list-item><list-item><p>two</p></list-item></list>", "one two"),
        (
            "<sec><st>Aims</st> <p>To see.</p></sec> <sec><st>Results</st> <p>Seen.</p></sec>",
            "Aims To see. Results Seen.",
        ),
        ("x<inline-graphic xlink:href='a.gif'/> y", "x y"),
        ('<script type="math/tex">x^2</script> ok<script>bad()</script>', "x² ok"),
        ('<img class="latex" alt="x^2" src="a"/> but no <img alt="A photograph" src="b"/>', "x² but no"),
        (
            '<span class="katex-mathml"><math><mi>x</mi></math></span><span class="katex-html"><span>x</span></span>',
            "x",
        ),
        ("<![CDATA[x <i>y</i>]]>", "x y"),
        ("AT&amp;amp;T and p &amp;lt; 0.05", "AT&T and p < 0.05"),
        ("&lt;p&gt;We &lt;i&gt;show&lt;/i&gt; it&lt;/p&gt;", "We show it"),
        ("<boxed-text><p>Note.</p></boxed-text>one<break/>two", "Note. one two"),
        ("<verse-group><verse-line>one</verse-line><verse-line>two</verse-line></verse-group>", "one two"),
        ("<ce:section-title>Aim</ce:section-title><ce:simple-para>To see.</ce:simple-para>", "Aim To see."),
        ('<Para>An <Emphasis Type="Italic">E. coli</Emphasis> cell</Para>', "An E. coli cell"),
        (
            '<AbstractText Label="AIM">To see.</AbstractText><AbstractText Label="END">Seen.</AbstractText>',
            "To see. Seen.",
        ),
        ("in a <new-element>word</new-element> here", "in a word here"),
        ('in a <unknown kind="x">word</unknown> here', "in a word here"),
        ("Gels, EarlyView. </p><p>We show", "Gels, EarlyView. We show"),
    ],
)
def test_tags_are_read_and_not_shown(written: str, meant: str) -> None:
    assert clean(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10<sup>5</sup> 10<sup>&minus;3</sup> 10<sup>5.2</sup> e<sup>-x/2</sup>", "10⁵ 10⁻³ 10^5.2 e^(-x/2)"),
        ("CO<sub>2</sub> PM<sub>2.5</sub> K<sub>ATP</sub> log<sub>10</sub>", "CO₂ PM2.5 KATP log₁₀"),
        ("<sup>13</sup>C <sup>18F</sup>-FDG Ca<sup>2+</sup> p53<sup>−/−</sup>", "¹³C 18F-FDG Ca²⁺ p53−/−"),
        ("the 1<sup>st</sup> X<sup>TM</sup> x<sup><i>n</i>+1</sup>", "the 1st X™ xⁿ⁺¹"),
        ("10<jats:sup>5</jats:sup>", "10⁵"),
        (
            "CO<inf>2</inf> CO<ce:inf>2</ce:inf> m<Superscript>3</Superscript> m<Subscript>3</Subscript>",
            "CO₂ CO₂ m³ m₃",
        ),
        (
            "SO<sub>4</sub><sup>2–</sup> NO<sub>3</sub><sup>–</sup> 10<sup>–9</sup> as before<sup>1–3</sup>",
            "SO₄²⁻ NO₃⁻ 10⁻⁹ as before^(1–3)",
        ),
    ],
)
def test_what_is_raised_or_lowered_keeps_its_meaning(written: str, meant: str) -> None:
    assert clean(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "The tokens <s> and </s> mark a sentence",
        "Why <b> is not allowed in <p>",
        "List<a> of <img> tokens, <100>, 5<x<10 and p < 0.05",
        "<3 Deno",
        "a lone <math> and a <mi> tag",
        "the <user-id> and <group-id> of a <person>",
    ],
)
@pytest.mark.parametrize("plain", [True, False])
def test_words_in_brackets_are_words(text: str, plain: bool) -> None:
    assert clean(text, plain=plain) == text


@pytest.mark.parametrize("text", ["an <i>E. coli</i> <p>x</p>", "<br> x <s>y</s>", "the <sup> tag and <sup>x</sup>"])
def test_plain_text_has_no_tags(text: str) -> None:
    assert clean(text, plain=True) == text


def test_plain_text_may_have_formulas_links_and_powers() -> None:
    written = '10<sup>5</sup> of <mml:math><mml:mi>x</mml:mi></mml:math> <a href="https://x.example">here</a> &amp; <b>'
    assert clean(written, plain=True) == "10⁵ of x here & <b>"


def test_a_word_in_brackets_stays_beside_markup_and_a_cut_tag_does_not() -> None:
    assert clean("<p>The token <s> is new</p>") == "The token <s> is new"
    assert clean("<p>Strains of <i>Escherichia…") == "Strains of Escherichia…"


def test_blocks_are_told_apart() -> None:
    assert clean_blocks("<h2>Aim</h2>We<br/>did <b>it</b>.<p> </p>") == ("Aim", "We", "did it.")
    assert list(blocks(read_markup("one<p>two"))) == ["one<p>two"]


_WORDS = st.text(alphabet="abcXYZ0189éßαβ", min_size=1, max_size=6)
_WRAPPED = st.sampled_from(
    ["{}", " {} ", "<p>{}</p>", "<i>{}</i> ", "<jats:sec>{}</jats:sec>", " 10<sup>{}</sup> ", "A<sub>{}</sub>",
     "<br/>{}",
     "<mml:math><mml:mi>{}</mml:mi></mml:math>", "<math><mfrac><mn>{}</mn><mn>7</mn></mfrac></math>", " p < {} ", "<{}",
     "<math><msup><mi>x</mi><mtext>{}</mtext></msup></math>", "<scp>{}</scp>", "&lt;{}&gt;",
     '<a href="https://x.example/">{}</a>',
     "<inline-formula><tex-math>${}$</tex-math></inline-formula>", "<span>{}", "{}</b>", "<p><math>{}"]
)  # fmt: skip


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if c.isalnum())


@given(st.lists(st.tuples(_WRAPPED, _WORDS), min_size=1, max_size=8))
def test_no_letter_or_digit_is_lost_or_moved(pieces: list[tuple[str, str]]) -> None:
    cleaned = _letters(clean("".join(frame.format(word) for frame, word in pieces)))
    at = 0
    for _, word in pieces:
        found = cleaned.find(_letters(word), at)
        assert found >= 0
        at = found + len(_letters(word))


@given(st.text(alphabet="<>/abis p&;lt\"'=mx:-"))
def test_any_text_is_read(text: str) -> None:
    outside = _letters(re.sub(r"<[^<>]*>|&\w*;?", "", text).partition("<")[0])
    for plain in (True, False):
        letters = iter(_letters(read_markup(text, plain=plain)))
        assert all(letter in letters for letter in outside)


@pytest.mark.parametrize(
    "piece",
    [
        "<!--", "<a x='", "<formula>", "<math>", "<sup>", "<math><mfrac>", "<p ", '<p x="', "</p>", "&lt;p&gt;",
        "<mml:mi>x",
        "<![CDATA[", "<b>x</i>", "a--", "https://", "x/", "a@", "`", "a.b.", "10.1000/", "\\url{", "lab/x-1",
    ],
)  # fmt: skip
def test_repeated_tricks_take_bounded_time(piece: str) -> None:
    started = time.process_time()
    clean(piece * (100_000 // len(piece)))
    clean("<formula>" * 60 + "<math>" + piece * (50_000 // len(piece)))
    assert time.process_time() - started < 2
