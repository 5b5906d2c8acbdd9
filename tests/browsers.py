"""A real Chromium for tests: the system's, else installed now, else Playwright's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.alone import alone

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
INSTALL_TIME = 600
PATIENCE = 20
"""Seconds that a page may take to show what is expected; the machine may be busy with other tests."""


def system_browser() -> str | None:
    """The browser of the system, if it has one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _quietly(*command: str) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=INSTALL_TIME, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def debian_browser() -> str | None:
    """Debian's package, installed now; only root can."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    _quietly("apt-get", "update", "-qq")
    _quietly("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "chromium")
    return system_browser()


def own_browser(playwright: Playwright) -> str | None:
    """Playwright's own download, fetched now where the network has it."""
    path = Path(playwright.chromium.executable_path)
    if not path.exists():
        _quietly(sys.executable, "-m", "playwright", "install", "chromium")
    return str(path) if path.exists() else None


@contextmanager
def launched(playwright: Playwright, path: str) -> Iterator[Browser]:
    """That browser, started; closed at the end."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    expect.set_options(timeout=PATIENCE * 1000)
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS + (["--no-sandbox"] if root else []))
    yield browser
    browser.close()


def browser_of(playwright: Playwright, request: pytest.FixtureRequest, what: str) -> Iterator[Browser]:
    """The browser for a fixture; where none is to be had the tests are skipped loudly, and fail with CI=true."""
    with alone("browser"):
        path = system_browser() or debian_browser() or own_browser(playwright)
    if path is None:
        loud = f"NO BROWSER: the tests of {what} need Chromium and none could be had."
        if os.environ.get("CI"):
            pytest.fail(loud)
        request.config.get_terminal_writer().line(f"\n{loud} They are skipped.", red=True, bold=True)
        pytest.skip(loud)
    with launched(playwright, path) as browser:
        yield browser
