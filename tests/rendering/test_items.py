"""Items: what of an entry a template gets, plain and bounded."""

from dataclasses import replace

import jinja2
from tests.rendering.samples import ALPHAFOLD, MAMBA, entry

from dailypapers.domain.digest import QuietEntry
from dailypapers.domain.paper import Presentation
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
    whole, full, half, tight = (item(env, shown) for shown in STEPS[Abstracts.WHOLE])
    assert f"{whole.extract} {whole.rest}".strip() == MAMBA.paper.abstract
    assert len(whole.extract) > 0 < len(full.extract)
    assert len(half.extract) <= len(full.extract)
    assert full.rest == half.rest == ""
    assert half.resources
    assert (tight.extract, tight.resources) == (half.extract, ())


def test_a_sentence_stands_in_place_of_the_abstract_and_is_marked_where_it_is_not_of_it(
    env: jinja2.Environment,
) -> None:
    full, brief, tight = (item(env, shown) for shown in STEPS[Abstracts.SUMMARY])
    assert full.extract == "A recurrent model decides from each input what to remember and what to forget."
    assert (full.rest, full.summary_by, full.model) == ("", "", "")
    assert brief.extract == tight.extract == full.extract
    assert not tight.resources
    shown = replace(MAMBA, presentation=Presentation(ai_summary="A model’s " + "very " * 200 + "long words."))
    marked = item_of(env, shown, STEPS[Abstracts.SUMMARY][0], number=1, first=True, reason="", feedback="")
    assert (marked.summary_by, marked.model, len(marked.extract) <= 400) == ("model", "Hugging Face", True)


def test_a_paper_without_a_title_is_called_by_its_id() -> None:
    assert title_of(replace(MAMBA.paper, title="")) == "arxiv:2312.00752"


def test_a_reason_is_on_one_line_and_bounded(env: jinja2.Environment) -> None:
    assert reason_of(env, entry(reason="In\ncs.LG")) == "In cs.LG"
    assert len(reason_of(env, entry(reason="word " * 999))) <= 240


def test_a_quiet_topic_may_have_nothing_near() -> None:
    assert quiet_item(QuietEntry("Ricci flow")).title == ""
    near = quiet_item(QuietEntry("folding", ALPHAFOLD.paper))
    assert (near.topic, near.url) == ("folding", ALPHAFOLD.paper.url)
