import pytest

from dailypapers.sources.parsing.cleaning import clean


def mi(text: str) -> str:
    return f"<mi>{text}</mi>"


def mn(text: str) -> str:
    return f"<mn>{text}</mn>"


def mo(text: str) -> str:
    return f"<mo>{text}</mo>"


FORMULAS = [
    (f"<msub>{mi('H')}{mn('2')}</msub>", "H₂"),
    (f"<mfrac>{mn('1')}{mn('3')}</mfrac>", "1/3"),
    (f"<msup>{mn('10')}{mn('5')}</msup>", "10⁵"),
    (f"<msup>{mn('10')}<mrow>{mo('−')}{mn('5.2')}</mrow></msup>", "10^(−5.2)"),
    (f"<msub>{mi('T')}{mi('max')}</msub>", "T_max"),
    (f"<msubsup>{mi('x')}{mi('i')}{mn('2')}</msubsup>", "xᵢ²"),
    (f"{mn('2')}<mfrac>{mn('1')}{mn('2')}</mfrac>", "2(1/2)"),
    (f"<msup><mfrac>{mn('1')}{mn('2')}</mfrac>{mn('2')}</msup>", "(1/2)²"),
    (f"<mfrac><mrow>{mi('a')}{mo('+')}{mi('b')}</mrow>{mi('c')}</mfrac>", "(a+b)/c"),
    (f"<mfrac><mfrac>{mi('a')}{mi('b')}</mfrac>{mi('c')}</mfrac>", "(a/b)/c"),
    (f"<mfrac linethickness='0'>{mi('n')}{mi('k')}</mfrac>", "C(n, k)"),
    (f"<msqrt>{mi('s')}</msqrt>{mo('=')}{mn('13')}", "√s=13"),
    (f"<msqrt>{mi('a')}{mo('+')}{mi('b')}</msqrt>", "√(a+b)"),
    (f"<mroot>{mi('x')}{mn('3')}</mroot>", "∛x"),
    (f"<mover accent='true'>{mi('ν')}{mo('¯')}</mover>", "ν̄"),
    (f"<mover>{mi('AB')}{mo('¯')}</mover>", "AB¯"),
    (f"<munder>{mo('lim')}<mrow>{mi('n')}{mo('→')}{mi('∞')}</mrow></munder>", "lim_(n→∞)"),
    (f"<munderover>{mo('∑')}<mrow>{mi('i')}{mo('=')}{mn('1')}</mrow>{mi('n')}</munderover>", "∑ᵢ₌₁ⁿ"),
    (f"<mmultiscripts>{mi('U')}<mprescripts/>{mn('92')}{mn('238')}</mmultiscripts>", "²³⁸₉₂U"),
    (f"<mmultiscripts>{mi('R')}{mi('i')}<none/></mmultiscripts>", "Rᵢ"),
    (f"<msup><mrow/>{mn('13')}</msup>{mi('C')}", "¹³C"),
    (f"<mtable><mtr><mtd>{mn('1')}</mtd><mtd>{mn('0')}</mtd></mtr><mtr><mtd>{mn('3')}</mtd></mtr></mtable>", "1, 0; 3"),
    (f"{mi('f')}<mfenced>{mi('x')}{mi('y')}</mfenced>", "f(x, y)"),
    (f"<mfenced open='[' close=']' separators=';'>{mi('x')}{mi('y')}</mfenced>", "[x; y]"),
    (f"<semantics>{mi('x')}<annotation encoding='application/x-tex'>x^9</annotation></semantics>", "x"),
    ("<semantics><mrow/><annotation encoding='application/x-tex'>x^9</annotation></semantics>", "x⁹"),
    (f"{mi('sin')}{mo('&#8289;')}{mi('x')}", "sin x"),
    (f"{mi('log')}{mi('n')}", "log n"),
    (f"{mn('2')}{mo('&#8290;')}{mi('x')}", "2x"),
    (f"{mn('10')}<mspace width='0.2em'/>{mi('K')}", "10 K"),
    (f"{mi('x')}<mtext> if </mtext>{mi('y')}{mo('&lt;')}{mn('3')}", "x if y<3"),
    ("<mi mathvariant='double-struck'>R</mi>", "ℝ"),
    (f"{mi('x')}<mphantom>{mi('z')}</mphantom>", "x"),
    (f"<maction>{mi('x')}{mi('y')}</maction>", "x"),
    (f"<mstyle><mpadded>{mi('x')}</mpadded></mstyle>", "x"),
]  # fmt: skip


@pytest.mark.parametrize("prefix", ["", "mml:", "m:"])
def test_a_formula_keeps_its_meaning_on_one_line(prefix: str) -> None:
    def cleaned(inside: str) -> str:
        content = f"<math>{inside}</math>".replace("</", "\0").replace("<", f"<{prefix}").replace("\0", f"</{prefix}")
        return clean(f"The {content} case")

    lines = {inside: cleaned(inside) for inside, _ in FORMULAS}
    assert lines == {inside: f"The {line} case" for inside, line in FORMULAS}


def test_a_formula_may_begin_and_end_a_title() -> None:
    assert clean("<math><mi>N</mi></math>-coupled waves in <math><mi>Z</mi></math>") == "N-coupled waves in Z"


def test_an_empty_formula_is_read_from_its_description() -> None:
    assert clean(r"at <math alttext='\alpha_{s}'></math> here") == "at αₛ here"


def test_a_formula_against_the_standard_loses_nothing() -> None:
    assert clean("<math><msup><mi>a</mi></msup><mfrac><mi>b</mi><mi>c</mi><mi>d</mi></mfrac></math>") == "a(b/c)d"
