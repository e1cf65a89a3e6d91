"""Forms of groups say what is wrong with them."""

import pytest

from dailypapers.domain.group import Terms
from dailypapers.errors import BadInput
from dailypapers.web.readers.group_forms import ReadingForm, TermsForm


def test_no_name_is_shown_where_there_is_none() -> None:
    assert TermsForm(member=" Ada ").terms() == Terms("Ada")
    assert TermsForm(pools_votes="1").terms() == Terms(pools_votes=True)
    with pytest.raises(BadInput):
        TermsForm(shows_name="1").terms()
    with pytest.raises(BadInput):
        ReadingForm(group=" ").name()
