"""Which service an address belongs to, and when a channel is gone."""

import pytest

from dailypapers.domain.channel import ChannelKind, is_gone, is_switched_off, kind_of, switched_off


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://hooks.slack.com/services/T0/B0/x", ChannelKind.SLACK),
        ("https://HOOKS.slack.com/services/T0/B0/x", ChannelKind.SLACK),
        ("https://discord.com/api/webhooks/1/x", ChannelKind.DISCORD),
        ("https://discordapp.com/api/v10/webhooks/1/x", ChannelKind.DISCORD),
        ("https://prod-1.westeurope.logic.azure.com:443/workflows/x/triggers/manual?sig=y", ChannelKind.TEAMS),
        ("https://x.1.environment.api.powerplatform.com:443/powerautomate/automations/x", ChannelKind.TEAMS),
        ("https://x.webhook.office.com/webhookb2/x", ChannelKind.TEAMS),
        (
            "https://m.example/_matrix/client/v3/rooms/!a:m.example/send/m.room.message?access_token=x",
            ChannelKind.MATRIX,
        ),
        ("https://hooks.slack.com.evil.example/services/T0/B0/x", ChannelKind.JSON),
        ("https://x.example/hook", ChannelKind.JSON),
        ("http://x.example/hook", None),
        ("https://x.example:8080/hook", None),
        ("https://user:password@x.example/", None),
        ("https://x.example/a b", None),
        ("https://x.example/\n", None),
        ("https://é.example/", None),
        ("https:///x", None),
        ("https://x.example:y/", None),
        ("https://[/", None),
        ("https://x.example/" + "x" * 2_000, None),
        ("", None),
    ],
)
def test_an_address_tells_its_service(url: str, kind: ChannelKind | None) -> None:
    assert kind_of(url) is kind


def test_what_is_local_is_allowed_where_the_operator_says_so() -> None:
    assert kind_of("http://127.0.0.1:8008/x", allow_local=True) is ChannelKind.JSON
    assert kind_of("ftp://127.0.0.1:8008/x", allow_local=True) is None


def test_only_an_answer_that_means_it_switches_a_channel_off() -> None:
    gone = {kind: {s for s in (400, 401, 403, 404, 410, 429, 500) if is_gone(kind, s)} for kind in ChannelKind}
    assert gone == {
        ChannelKind.SLACK: {403, 404, 410},
        ChannelKind.TEAMS: {404, 410},
        ChannelKind.DISCORD: {404, 410},
        ChannelKind.MATRIX: {401, 403, 404, 410},
        ChannelKind.JSON: {404, 410},
    }


def test_the_note_about_it_is_about_no_topic() -> None:
    note = switched_off(ChannelKind.TEAMS)
    assert "no longer posted to Microsoft Teams" in note
    assert is_switched_off(note)
    assert not is_switched_off(str(note))
