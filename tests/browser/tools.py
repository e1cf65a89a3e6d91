"""What the browser tests need that pip does not bring: Chromium from the system, node, axe and Lighthouse from npm.

Run as a program it says what is missing, and fails if anything is.
"""

import os
import shutil
import sys
from pathlib import Path

MODULES = Path(__file__).parent / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
#: The headless shell first: it takes a third of a whole browser's processor time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: The browser asks for nothing but what a page asks for. The sandbox wants a user who is not root.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
#: Where nothing is timed: a page is gone before code that the browser compiles to run fast has won back its time, and
#: one process less is started.
UNTIMED = ("--js-flags=--no-opt --no-maglev", "--in-process-gpu")


def chromium() -> str:
    """The system's Chromium, or the one that CHROMIUM names; empty where there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), "")


def missing() -> str:
    """What the browser tests lack on this machine and how to get it, as sentences; empty where nothing is missing."""
    lacks = []
    if not chromium():
        lacks.append("There is no Chromium: install chromium-headless-shell or chromium, or name one in CHROMIUM.")
    if not (shutil.which("node") and shutil.which("npm")):
        lacks.append("There is no Node.js with npm: install your system's packages (Node 20 or newer).")
    if not (AXE.exists() and (MODULES / "lighthouse").exists()):
        lacks.append("axe and Lighthouse are not installed: run make browser.")
    return " ".join(lacks)


if __name__ == "__main__":
    sys.exit(missing() or 0)
