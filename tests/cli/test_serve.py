"""What somebody at a terminal is told when a command begins that runs until it is stopped."""

from dailypapers.cli.serve import greeting
from dailypapers.settings import Settings

SETTINGS = Settings.model_validate({"service": {"base_url": "https://papers.example.org", "zone": "Europe/Berlin"}})


def test_each_part_that_runs_is_named() -> None:
    everything = greeting(SETTINGS, web=True, schedule=True, work=True)
    assert everything == (
        "Pages are at https://papers.example.org; editions close at 05:30 (Europe/Berlin); "
        "emails are sent as they fall due. Ctrl-C stops."
    )
    assert greeting(SETTINGS, web=False, schedule=False, work=True) == "Emails are sent as they fall due. Ctrl-C stops."
