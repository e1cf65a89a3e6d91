"""A paper's block is rendered once: its readers' differ by the vote, the number and the reason alone."""

from dataclasses import replace

import jinja2
import pytest
from tests.rendering.conftest import TEMPLATES
from tests.rendering.samples import DAY, FOR_SOMEBODY, LINKS

from dailypapers.domain.subscriber import AS_USUAL
from dailypapers.errors import NotShareable
from dailypapers.mail.message.quoted_printable import piece, plain_piece
from dailypapers.rendering.blocks import Blocks, Filled
from dailypapers.rendering.digest import Frame
from dailypapers.rendering.environment import environment
from dailypapers.rendering.items import steps_of
from dailypapers.rendering.pieces import Pieces, joined
from dailypapers.rendering.slots import Slots
from dailypapers.rendering.two_passes import TwoPasses

SHOWN = steps_of(AS_USUAL)[0]
#: Two reasons that are not the first entry's, whose block may look another way.
_, ENTRY, OTHER = FOR_SOMEBODY.entries


def learned() -> Blocks:
    """Blocks that were seen in a mail."""
    passes = TwoPasses(environment(TEMPLATES), Pieces(piece, plain_piece))
    assert passes.render(FOR_SOMEBODY, Frame(DAY), LINKS, AS_USUAL)
    return passes.blocks


def filled(blocks: Blocks, reader: str, number: int) -> tuple[bytes, bytes, int]:
    """Return one block in HTML and in text, and its weight."""
    return only(blocks.filled("entry", [ENTRY], SHOWN, (10, 10), first=number, has_html=True), reader)


def only(blocks: Filled, reader: str = "") -> tuple[bytes, bytes, int]:
    (html,), (text,), (weight,) = blocks
    address = f"https://papers.example.org/vote/{reader}".encode()
    return joined([html], address), joined([text], address), weight


def test_readers_of_one_reason_have_the_same_block_but_for_the_vote(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = learned()
    ann = filled(blocks, "ann", 2)
    monkeypatch.setattr(jinja2.Template, "new_context", None)
    bob = filled(blocks, "bob", 2)
    for one, other in zip(ann[:2], bob[:2], strict=True):
        assert b"/vote/ann" in one
        assert one.replace(b"/vote/ann", b"/vote/bob") == other
    assert ann[2] == bob[2] > 0


def test_a_place_is_told_by_its_number_alone_and_what_is_longer_weighs_more() -> None:
    blocks = learned()
    second, third, twelfth = (filled(blocks, "ann", number) for number in (2, 3, 12))
    assert second[1].replace(b"2", b"3", 1) == third[1]
    assert twelfth[1].lstrip().startswith(b"12")
    assert second[2] == third[2] < twelfth[2]


def test_who_reads_text_alone_has_no_html_and_who_cannot_vote_no_address() -> None:
    html, text, _ = only(learned().filled("entry", [OTHER], SHOWN, (0, 0), first=2, has_html=False))
    assert html == b""
    assert b"/vote/" not in text


def test_a_paper_in_no_database_cannot_be_voted_on() -> None:
    nameless = replace(ENTRY, paper_id=0)
    for first, second in learned().filled("entry", [ENTRY, nameless], SHOWN, (10, 10), first=2, has_html=True)[:2]:
        assert None in first
        assert None not in second


def test_another_reason_is_another_block_of_the_same_paper() -> None:
    blocks = learned()
    because = replace(ENTRY, reason="Because.")
    _, text, _ = only(blocks.filled("entry", [because], SHOWN, (10, 10), first=2, has_html=True))
    assert b"Because." in text
    assert b"Because." not in filled(blocks, "ann", 2)[1]


def test_a_block_nobody_has_seen_cannot_be_rendered() -> None:
    blocks = Blocks(environment(TEMPLATES), Pieces(piece, plain_piece))
    with pytest.raises(NotShareable, match="has no block “entry”"):
        filled(blocks, "ann", 2)


def test_a_block_that_is_given_no_entry_is_not_shared() -> None:
    env = environment(TEMPLATES)
    blocks, template = Blocks(env, Pieces(piece, plain_piece)), env.get_template("email/digest/body.txt")
    place = blocks.placing(Slots(), template, "body.txt", "entry")
    with pytest.raises(NotShareable, match="is not given an entry"):
        list(place(template.new_context({"item": "a text"})))
    assert not blocks.has_one_way("body.txt")
