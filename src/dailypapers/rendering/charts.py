"""Charts: lines over days, as pictures that need no script and follow the colours of whoever looks at them."""

import re
import sys
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pygal
from pygal.style import Style

# For plug-ins we do not use, pygal looks into every import of the program, by a protocol that Python has given up.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

#: A line beside the first one is told by its dashes as well as by its colour.
_DASHES = ("", "6, 4", "2, 3", "10, 3, 2, 3")
_LIGHT = ("#8a2f1f", "#2f6b3a", "#26221c", "#6d6558")
_DARK = ("#e5a594", "#9ccfa4", "#f3eee4", "#a59c8d")
#: As small as a phone shows it, so that its words can be read there.
_WIDTH, _HEIGHT = 420, 240
#: More days than this are drawn without a dot each; and so many of them are named.
_DOTS, _NAMED = 20, 5
#: Characters of a line's name that fit beside another in the legend.
_SHORT_NAME = 22
#: In light and in dark.
_TEXT, _RULE = ("#6d6558", "#a59c8d"), ("#ddd6c8", "#3a352b")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart."""

    name: str
    values: Sequence[float | None]
    """One a day; `None` where nothing is known, which leaves a gap."""


def line_chart(days: Sequence[str], lines: Sequence[Line], *, number: Callable[[int], str] = "{:,}".format) -> str:
    """Return the data: address of a picture of these lines; `days` are their names, from the first.

    `number` writes the numbers at its side as the reader's language does.
    """
    chart = pygal.Line(
        style=_style(),
        css=["file://style.css", "file://graph.css", f"inline:{_QUIET} {_dark()}"],
        js=[],
        width=_WIDTH,
        height=_HEIGHT,
        margin=4,
        legend_at_bottom=True,
        legend_at_bottom_columns=1 if max(len(line.name) for line in lines) > _SHORT_NAME else 2,
        legend_box_size=10,
        show_legend=len(lines) > 1,
        show_dots=len(days) <= _DOTS,
        dots_size=2.5,
        allow_interruptions=True,
        include_x_axis=True,
        integer_values=True,
        value_formatter=lambda value: number(round(value)),
        min_scale=3,
        max_scale=5,
        show_minor_x_labels=False,
        x_labels_major_count=min(_NAMED, len(days)),
        truncate_label=-1,
        truncate_legend=-1,
        # Half of the last day's name stands beyond the last day.
        margin_right=22,
        disable_xml_declaration=True,
        # The picture is a document of its own: its rules need not be told from others'.
        no_prefix=True,
    )
    chart.x_labels = list(days)
    for line, dashes in zip(lines, _DASHES, strict=False):
        stroke = {"width": 2, **({"dasharray": dashes} if dashes else {})}
        chart.add(line.name, list(line.values), stroke_style=stroke)
    # It comes with a script that only its tooltips would need.
    svg = re.sub(r"<script.*?</script>", "", chart.render(is_unicode=True), flags=re.DOTALL)
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _style() -> Style:
    return Style(
        background="transparent",
        plot_background="transparent",
        foreground=_TEXT[0],
        foreground_strong=_TEXT[0],
        foreground_subtle=_RULE[0],
        colors=_LIGHT,
        opacity="1",
        font_family="-apple-system, 'Segoe UI', Roboto, Arial, sans-serif",
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=13,
    )


#: Numbers are read from lines; what is behind them stays back.
_QUIET = (
    f".line.reactive {{ stroke-width: 2.2; stroke-opacity: 1; }} .axis .guides .line "
    f"{{ stroke: {_RULE[0]}; stroke-dasharray: 1, 0; }} .axis text.major {{ fill: {_TEXT[0]}; }}"
)


def _dark() -> str:
    """Return the style sheet for who looks at dark pages."""
    text, rule = _TEXT[1], _RULE[1]
    lines = "".join(
        f".color-{n}, .color-{n} a:visited {{ stroke: {color}; fill: {color}; }}" for n, color in enumerate(_DARK)
    )
    axes = f".axis text, .axis text.major, .legends .legend text {{ fill: {text}; }} "
    guides = f".axis .guide.line, .axis .line, .axis .major.line {{ stroke: {rule}; }} "
    return f"@media (prefers-color-scheme: dark) {{ {axes}{guides}{lines} }}"
