"""Items: what of an entry a template gets, plain and bounded."""

from dataclasses import replace

import jinja2
from tests.rendering.samples import ALPHAFOLD, MAMBA, entry

from dailypapers.domain.digest import QuietEntry
from dailypapers.domain.subscriber import Abstracts
from dailypapers.rendering.items import BARE, STEPS, Item, Shown, item_of, quiet_item, reason_of, title_of


def item(env: jinja2.Environment, shown: Shown = BARE) -> Item:
    return item_of(env, MAMBA, shown, number=1, first=True, reason="Because", feedback="https://x.org/f")


def test_an_item_shows_what_it_is_given(env: jinja2.Environment) -> None:
    made = item(env)
    assert (made.number, made.first, made.reason, made.feedback) == (1, True, "Because", "https://x.org/f")
    assert [(author.name, author.followed) for author in made.authors] == [("Albert Gu", False), ("Tri Dao", True)]
    assert (made.extract, made.rest) == ("", "")


def test_as_much_of_an_abstract_is_shown_as_the_step_says(env: jinja2.Environment) -> None:
    whole, full, half = (item(env, shown) for shown in STEPS[Abstracts.WHOLE])
    assert f"{whole.extract} {whole.rest}".strip() == MAMBA.paper.abstract
    assert len(whole.extract) > 0 < len(full.extract)
    assert len(half.extract) <= len(full.extract)
    assert full.rest == half.rest == ""


def test_a_paper_without_a_title_is_called_by_its_id() -> None:
    assert title_of(replace(MAMBA.paper, title="")) == "arxiv:2312.00752"


def test_a_reason_is_on_one_line_and_bounded(env: jinja2.Environment) -> None:
    assert reason_of(env, entry(reason="In\ncs.LG")) == "In cs.LG"
    assert len(reason_of(env, entry(reason="word " * 999))) <= 240


def test_a_quiet_topic_may_have_nothing_near() -> None:
    assert quiet_item(QuietEntry("Ricci flow")).title == ""
    near = quiet_item(QuietEntry("folding", ALPHAFOLD.paper))
    assert (near.topic, near.url) == ("folding", ALPHAFOLD.paper.url)
