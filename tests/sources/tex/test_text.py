import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dailypapers.sources.tex.text import to_unicode


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"Schr\"odinger, \'Ecole, Erd\H{o}s, \v{C}ech, \c Sahin", "Schrödinger, École, Erdős, Čech, Şahin"),
        (r"{\O}rsted, {\'e}tale, Mart\'{\i}n, Stra\ss{}e, na\"\i ve", "Ørsted, étale, Martín, Straße, naïve"),
        (r"$\varepsilon$-greedy with $O(n \log n)$ steps", "ε-greedy with O(n log n) steps"),
        (r"$x_1^2 \leq \frac{a+b}{c}$", "x₁² ≤ (a+b)/c"),
        (r"$2\frac{1}{2}$, $\frac{1}{q}\binom{n}{k}$, $x^{\frac{1}{2}}$", "2(1/2), (1/q)C(n, k), x^(1/2)"),
        (r"$\frac{\frac{a}{b}}{c} + \frac12$", "(a/b)/c + 1/2"),
        (r"$\mathbb{R}^n$, $10^{-3}$, $\ell_2$, $A^\top$, $90^\circ$", "ℝⁿ, 10⁻³, ℓ₂, Aᵀ, 90°"),
        (r"$\sim$10\% of $>$97 and $\gtrsim 5$ M$_\odot$", "~10% of >97 and ≳5 M_⊙"),
        (r"$\hat{x}$, $\bar y$, $\sqrt{n}$, $\sqrt{n+1}$, $x_{\text{max}}$", "x̂, ȳ, √n, √(n+1), x_max"),
        (r"$\lambda = 2\pi r$ and $a \not\in B$", "λ = 2πr and a ∉ B"),
        (r"\emph{big {\it small}} \textbf{$V^2$Drop} \href{https://a.b}{here}", "big small V²Drop here"),
        (r"R^{2} of n^2 and \alpha-stable", "R² of n² and α-stable"),
        (r"``quoted'' and `so'---yes, 10--20, Fig.~1", "“quoted” and ‘so’—yes, 10–20, Fig. 1"),
        ("agents -- which plan -- and (tools)--both", "agents – which plan – and (tools)–both"),
        (
            r"\textbf{\ours{}} of \emph{2{,}000} \textsc{\small{items}}, {\small twice}",
            "ours of 2,000 items, twice",
        ),
        (r"$\href{https://a.b/c}{here}$ or \textcolor{blue}https://a.b/c", "here or https://a.b/c"),
        (r"shown\footnote{by \us{}, at https://a.b/~c}", "shown (by us, at https://a.b/~c)"),
        (r"as shown\footnote{by us} in \cite{lee} (\ie, 5{\deg})", "as shown (by us) in [lee] (i.e., 5°)"),
        (r"1{,}200 at 30.2\,dB vs.\ 3; \& \_ \%", "1,200 at 30.2 dB vs. 3; & _ %"),
        (r"\(a \times b\) and \[c\]", "a × b and c"),
        (r"Alzheimer\'s and MLLM\'s; don\'t, we\'re", "Alzheimer's and MLLM's; don't, we're"),
        (r"users\' data, the 5\' UTR, O\'Neill, d\'Alembert", "users' data, the 5' UTR, O'Neill, d'Alembert"),
        (r"a N\'eel state, Poincar\'e, Fr\'{e}chet, \'Etale", "a Néel state, Poincaré, Fréchet, Étale"),
        (r"so \"active\" ones by G\"odel", 'so "active" ones by Gödel'),
        (r"\ce{H2O} and $\ce{2H2 + O2 -> 2H2O}$, \ce{SO4^{2-}}", "H₂O and 2H₂ + O₂ → 2H₂O, SO₄²⁻"),
        (r"Il\cprime in, Kry\u\i lov, \t{Ts}oi, \textcommabelow{S}erban, \`{\d{O}}", "Ilʹin, Kryĭlov, T͡soi, Șerban, Ọ̀"),
        (r"\relax A\slash B\hspace{1em}C, 5 \textmu m", "A/B C, 5 µm"),
        (r"$\ell _{1}$ and $x ^2 _ i$", "ℓ₁ and x²ᵢ"),
        (r"on KITTI~\cite{a2012} by verl\cite{b} and by \cite{c}", "on KITTI [a2012] by verl [b] and by [c]"),
        (
            r"\rev{Also, we} \qu{contexts} of \tit{packet type}, \enquote{LLM}",
            "Also, we contexts of packet type, “LLM”",
        ),
        (r"we propose \method{} and REVEAL{}, B{=}32", "we propose method and REVEAL, B=32"),
        (r"checks\textemdash so\ldots of public \space use", "checks—so…of public  use"),
        (
            "we propose {FRISM} (fine), {Scalable Poly-cube}, Allo{SR}",
            "we propose FRISM (fine), Scalable Poly-cube, AlloSR",
        ),
        (
            "Fine. {We keep a line, but not that one, at all}. cues { -- } and",
            "Fine. We keep a line, but not that one, at all. cues – and",
        ),
        ("a \"drainage node'' is \"fair'',", "a “drainage node” is “fair”,"),
        ("**EASLT** (**E**motion-**A**ware) by **+8.0%**", "EASLT (Emotion-Aware) by +8.0%"),
        ("MRR$@$5, 44.6% in DCG$@$5", "MRR@5, 44.6% in DCG@5"),
        (
            r"$O(N\log N)$, $\log\log n$, $\beta\ln m$, $\arg\max_x f$, $-\log p$",
            "O(N log N), log log n, β ln m, argmaxₓ f, -log p",
        ),
        (r"$x^\star$ and $t^{\star}$", "x⋆ and t⋆"),
        (
            r"we introduce \model{}, {\mname} and \GRASP-HO (\ours); \rate\%",
            "we introduce model, mname and GRASP-HO (ours); rate%",
        ),
        (r"\Real{n} and codes over \(\GF{13}\), in \bigO{n} steps", "Real(n) and codes over GF(13), in bigO(n) steps"),
        (r"Nguy\~{\^e}n, L\d{\^e} Th\'{\^o}ng, \^{\d a}", "Nguyễn, Lệ Thống, ậ"),
        (r"CAFEIN\textregistered, GS\textasciicircum2, a\newline b", "CAFEIN®, GS², a b"),
        ("p < 10^{-6}, F_{2^n}, O(T^{2/3}), min_{r: V(x)=1} K", "p < 10⁻⁶, F_(2^n), O(T^(2/3)), min_(r: V(x)=1) K"),
        ("users of livestreams}. A Stega}nography", "users of livestreams. A Steganography"),
        (r"goes on\footnote{We plan to publish it.", "goes on (We plan to publish it.)"),
        (r"(\textbf{Phase-wise Decoding) and {a word", "(Phase-wise Decoding) and a word"),
        ("with {E}xperiential {L}earning on {23} models, 9{}408", "with Experiential Learning on 23 models, 9408"),
        (
            "suppressed.{The key insight is that it, and more, holds up.}",
            "suppressed.The key insight is that it, and more, holds up.",
        ),
        ("of context $C $ ($>40 $ answers), in $ O(n) $ and $ 0.07$s", "of context C (>40 answers), in O(n) and 0.07s"),
        ("Mamba`s way, a ``bias`` problem", "Mamba's way, a “bias” problem"),
        (r"parameter \b{eta} and space$\unicode{x2013}$the", "parameter β and space–the"),
    ],
)
def test_tex_is_rewritten(written: str, meant: str) -> None:
    assert to_unicode(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $6, or US$5-US$6, or $100K",
        "from $HOME and $PATH",
        "100% of users, a \\ backslash, C:\\new\\table",
        "--flag and ~10 and a^b and snake_case and {a, b}",
        r"The commands \section and \textit, on $\begin{matrix}a&b\end{matrix}$",
        "a '{' and a \"}\" are braces",
        r'print("\qmark")',
        r"\label{sec:intro}, {2-bit, FP16}, k in {1,2,3}, {a, a′, b}, {Spanish, French, German, Mandarin Chinese}",
        "2**3 and 4**5, a ** b ** c, 5'' x 6''",
        "$",
        "$$",
        "\\",
        "{}{}{}",
        "$" * 50,
        "\\" * 50,
    ],
)
def test_what_is_no_tex_or_not_known_stays(text: str) -> None:
    assert to_unicode(text) == text


@given(st.text(st.sampled_from("aB1 ,.-*'\"`{}~_^"), max_size=40))
def test_typography_and_braces_lose_no_letter_and_move_none(text: str) -> None:
    def letters(of: str) -> str:
        return "".join(c for c in unicodedata.normalize("NFKC", of) if c.isalnum())

    assert letters(to_unicode(text)) == letters(text)


def test_an_unknown_command_keeps_its_name_among_what_is_known() -> None:
    assert to_unicode(r"$\foo{x} \leq \alpha$") == "foo(x) ≤ α"


def test_deep_nesting_stays_as_it_was() -> None:
    nested = "$x" + "^{" * 500 + "a" + "}" * 500 + "$"
    assert to_unicode(nested) == nested


@given(st.text() | st.text(alphabet="\\${}^_abcαfrac \x02\x030123'`~\"-[]()"))
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(to_unicode(text), str)


@given(st.text(alphabet="abc $5%.,"))
def test_words_and_money_lose_no_letter(text: str) -> None:
    assert [c for c in to_unicode(text) if c.isalnum()] == [c for c in text if c.isalnum()]


def test_the_greek_of_highwire_is_read() -> None:
    assert to_unicode("the {sigma}70 factor, 37 {degrees}C, 5 {+/-} 1 {micro}M") == "the σ70 factor, 37 °C, 5 ± 1 µM"
    assert to_unicode("IFN{gamma}, NF{kappa}B, APOE {varepsilon}4, 7.97{+/-}0.6%") == "IFNγ, NFκB, APOE ε4, 7.97±0.6%"
    assert to_unicode("FDR [≤]20% at 2.5 [A]; [A] is cited") == "FDR ≤20% at 2.5 Å; [A] is cited"
    assert to_unicode(r"\mine{beta} and y_{beta}") == "beta and y_(beta)"
    assert to_unicode(r"of \RR^n and {beta-catenin}") == "of ℝ^n and beta-catenin"
