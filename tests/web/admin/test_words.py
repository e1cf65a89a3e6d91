"""Every state and action that can be shown has a name on these pages."""

import re
from pathlib import Path

from dailypapers.domain.bounce import ReportKind
from dailypapers.domain.delivery import DeliveryState, MailKind
from dailypapers.domain.interest import InterestKind, Stance
from dailypapers.domain.source import State
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.domain.vote import Vote
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped
from dailypapers.web.admin.words import words_in

SOURCE = Path(__file__).parents[3] / "src" / "dailypapers"


def test_nothing_is_without_a_name() -> None:
    words = words_in(environment(shipped("templates")))
    for kind, values in {
        "delivery": DeliveryState,
        "subscriber": SubscriberState,
        "source": State,
        "interest": InterestKind,
        "stance": Stance,
        "vote": Vote,
    }.items():
        assert set(words[kind]) == {str(value) for value in values}
    kinds = {*MailKind, ReportKind.BOUNCE, ReportKind.COMPLAINT}
    assert {str(kind) for kind in kinds} <= set(words["kind"])


def test_every_change_that_is_noted_has_a_name() -> None:
    words = words_in(environment(shipped("templates")))
    code = "".join(path.read_text("utf-8") for path in sorted(SOURCE.rglob("*.py")))
    noted = set(re.findall(r'note\(\s*tx,\s*(?:visit, )?(?:visit, delivery, )?"([a-z ]+)"', code))
    noted |= set(re.findall(r'_note\(tx, visit, (?:delivery, )?"([a-z ]+)"', code))
    noted |= set(re.findall(r'^ *action = "([a-z ]+)"', code, re.MULTILINE))
    noted |= set(re.findall(r'call\.note\(\s*"([a-z ]+)"', code))
    assert "second factor on" in noted
    assert noted == set(words["action"])
