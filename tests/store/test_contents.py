"""What a digest says besides its picks comes back from the database as it went in, still to be translated."""

import json
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.content import MAY_COME_LATER, AboutPaper, Content, GroupSnapshot
from dailypapers.domain.digest import QuietTopic
from dailypapers.domain.i18n import NN_, LazyString, Pattern, untranslated
from dailypapers.domain.paper import Signals
from dailypapers.domain.saved import Remark
from dailypapers.domain.subscriber import Abstracts, Style
from dailypapers.store.contents import from_json, to_json

COUNTS = st.none() | st.integers(0, 10**6)
SIGNALS = st.builds(Signals, COUNTS, COUNTS, COUNTS, st.none() | st.floats(0, 100), votes=st.integers(-50, 50))
KNOWN = st.none() | st.frozensets(st.sampled_from(sorted(MAY_COME_LATER)))
CONTENTS = st.builds(
    Content,
    st.builds(Style, st.booleans(), st.sampled_from(Abstracts)),
    st.lists(st.text()).map(tuple),
    st.dictionaries(st.text(min_size=1), st.builds(AboutPaper, st.lists(st.text()).map(tuple), SIGNALS, KNOWN)),
    st.lists(st.builds(QuietTopic, st.text(), st.integers(0, 2**62))).map(tuple),
    st.integers(0, 400),
    st.booleans(),
    remarks=st.dictionaries(st.text(), st.builds(Remark, st.text(), st.text())),
    group_snapshot=st.none() | st.builds(GroupSnapshot, st.text(), st.text(), st.none() | st.dates()),
)


@given(CONTENTS)
def test_a_content_comes_back_as_it_was(content: Content) -> None:
    assert from_json(json.loads(json.dumps(to_json(content)))) == content


def test_a_content_of_a_version_that_knew_no_silence_can_be_read() -> None:
    assert set(to_json(Content())) == {"text_only", "abstracts", "notes", "papers"}
    assert from_json({"text_only": True, "abstracts": "whole", "notes": [], "papers": {}}).quiet == ()


def test_a_content_of_a_version_that_settled_figures_alone_shows_none_that_comes_later() -> None:
    paper = {"sources": ["arxiv"], "without_figure": True}
    document = {"text_only": True, "abstracts": "whole", "notes": [], "papers": {"arxiv:1": paper}}
    assert from_json(document).papers["arxiv:1"].known == MAY_COME_LATER - {"figure"}
    del paper["without_figure"]
    assert from_json(document).papers["arxiv:1"].known is None


class Shouting:
    """A translator of a language that has capitals only."""

    def __call__(self, pattern: Pattern, count: int = 1, /) -> str:
        return untranslated(pattern, count).replace("topics of", "TOPICS OF")

    def number(self, count: int) -> str:
        return untranslated.number(count)

    def enumeration(self, items: Iterable[str]) -> str:
        return untranslated.enumeration(items)


def test_a_note_can_still_be_translated() -> None:
    note = LazyString(NN_("{count} topic of {name}", "{count} topics of {name}"), count=2, name="Ann")
    kept = json.loads(json.dumps(to_json(Content(notes=(note, "as it is")))))
    shouted, plain = from_json(kept).notes
    assert isinstance(shouted, LazyString)
    assert shouted.sentence(Shouting()) == "2 TOPICS OF Ann"
    assert (shouted, plain) == ("2 topics of Ann", "as it is")
