"""The confirmation mail says what it is for, and nothing else."""

import jinja2
from tests.rendering.test_golden import assert_golden

from dailypapers.rendering.notices import render_confirm

URL = "https://papers.example.org/confirm/" + "Q" * 64
HOME = "https://papers.example.org/"


def test_the_confirmation_is_the_one_we_looked_at(env: jinja2.Environment) -> None:
    assert_golden("confirm", render_confirm(env, confirm_url=URL, home=HOME))


def test_its_only_links_are_the_button_and_the_home(env: jinja2.Environment) -> None:
    message = render_confirm(env, confirm_url=URL, home=HOME)
    assert message.html.count("href=") == 2
    assert f'href="{URL}"' in message.html
    assert f"\n{URL}\n" in message.text
    assert "src=" not in message.html


def test_the_lists_own_name_is_escaped(env: jinja2.Environment) -> None:
    message = render_confirm(env, confirm_url=URL, home=HOME, name="R&D <reading>\r\nX: y")
    assert "R&amp;D &lt;reading&gt; X: y" in message.html
    assert message.subject == "Please confirm your subscription to R&D <reading> X: y"
