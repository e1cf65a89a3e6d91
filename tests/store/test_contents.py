"""What a digest says besides its picks comes back from the database as it went in, still to be translated."""

import json

from hypothesis import given
from hypothesis import strategies as st

from dailypapers.domain.content import AboutPaper, Content
from dailypapers.domain.i18n import NN_, LazyString
from dailypapers.domain.paper import Signals
from dailypapers.domain.subscriber import Abstracts, Style
from dailypapers.store.contents import from_json, to_json

COUNTS = st.none() | st.integers(0, 10**6)
SIGNALS = st.builds(Signals, COUNTS, COUNTS, COUNTS, st.none() | st.floats(0, 100), votes=st.integers(-50, 50))
CONTENTS = st.builds(
    Content,
    st.builds(Style, st.booleans(), st.sampled_from(Abstracts)),
    st.lists(st.text()).map(tuple),
    st.dictionaries(st.text(min_size=1), st.builds(AboutPaper, st.lists(st.text()).map(tuple), SIGNALS)),
)


@given(CONTENTS)
def test_a_content_comes_back_as_it_was(content: Content) -> None:
    assert from_json(json.loads(json.dumps(to_json(content)))) == content


def test_a_note_can_still_be_translated() -> None:
    note = LazyString(NN_("{count} topic of {name}", "{count} topics of {name}"), count=2, name="Ann")
    kept = json.loads(json.dumps(to_json(Content(notes=(note, "as it is")))))
    shouted, plain = from_json(kept).notes
    assert isinstance(shouted, LazyString)
    assert shouted.sentence(lambda pattern, count=1: f"ja: {pattern[count != 1]}") == "ja: 2 topics of Ann"
    assert (shouted, plain) == ("2 topics of Ann", "as it is")
