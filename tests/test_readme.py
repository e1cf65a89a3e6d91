"""Every command the README shows is run as it is shown, or stands here with the reason why it is not."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
SHOWN = [
    words
    for block in re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
    if (words := shlex.split(line, comments=True))
]

#: What is shown and not run here, and why.
NOT_RUN = {
    "make demo": "installs packages; tests/cli/test_commands.py runs the command it calls",
    "make try": "installs packages, and serves until it is stopped",
    "pip install .": "installs packages",
    "dailypapers fetch": "asks sources on the network",
    "dailypapers serve": "serves until it is stopped; see tests/test_serve.py",
}

#: `python -m dailypapers` for one command after the other in one process: most of the time goes into imports.
RUN_ALL = """
import json, runpy, sys
for words in json.loads(sys.argv[1]):
    sys.argv = ["dailypapers", *words]
    try:
        runpy.run_module("dailypapers", run_name="__main__")
    except SystemExit as ended:
        if ended.code:
            sys.exit(f"{words} ended with {ended.code}")
    print("ended:", *words, flush=True)
"""


def test_only_what_the_readme_shows_is_excused() -> None:
    assert set(NOT_RUN) - {shlex.join(words) for words in SHOWN} == set()


def test_the_other_commands_run_as_they_are_shown(tmp_path: Path) -> None:
    """In a folder with nothing but the samples, whose files the README names."""
    run = [words for words in SHOWN if shlex.join(words) not in NOT_RUN]
    assert len(run) > 3
    assert [words for words in run if words[0] != "dailypapers"] == []
    (tmp_path / "demo").symlink_to(ROOT / "demo", target_is_directory=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAILYPAPERS_")}
    ran = subprocess.run(  # noqa: S603 - what our own README shows
        [sys.executable, "-c", RUN_ALL, json.dumps([words[1:] for words in run])],
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(ROOT / "src")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("ended: ") == len(run)
    assert "arxiv:" in ran.stdout.partition("ended: preview")[2]
