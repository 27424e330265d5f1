"""The city's clerk: signs in with a real browser and looks at the application, as a picture."""

import re
import shutil
from pathlib import Path
from typing import Any

import pyotp
from playwright.sync_api import Browser, Error, Page, sync_playwright

from kiosk.sandbox import Sandbox

_SIZE = {"width": 1366, "height": 768}
_WITHIN_MS = 30_000
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class ClerkError(RuntimeError):
    """The clerk's page could not be shown; the message says why."""


def photograph(sandbox: Sandbox, case: dict[str, Any], folder: Path) -> list[Path]:
    """Sign in, open the queue and the application, and keep a picture of each in `folder`.

    Raises:
        ClerkError: There is no browser, or the page did not come.
    """
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise ClerkError("Chromium is not installed; run: ./set-up.sh demo")
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=program, args=list(_QUIET))
            try:
                return _look(browser, sandbox, case, folder)
            finally:
                browser.close()
    except Error as error:
        raise ClerkError(f"the clerk's page did not come: {str(error).splitlines()[0]}") from error


def _look(browser: Browser, sandbox: Sandbox, case: dict[str, Any], folder: Path) -> list[Path]:
    # The browser does not know this sandbox's authority; the address is this machine's own.
    page = browser.new_context(ignore_https_errors=True, viewport=_SIZE, locale="zh-CN").new_page()  # type: ignore[arg-type]  # a plain dict will do
    sign_in(page, sandbox)
    pictures = [_shot(page, folder / "clerk-queue.png")]
    open_case(page, sandbox, case)
    pictures.append(_shot(page, folder / "clerk-application.png"))
    return pictures


def sign_in(page: Page, sandbox: Sandbox) -> None:
    """Come to the clerk's queue, by password and the telephone's digits."""
    page.goto(sandbox.city_url)
    page.fill("input[name=username]", sandbox.clerk["username"])
    page.fill("input[name=password]", sandbox.clerk["password"])
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=code]")
    page.fill("input[name=code]", pyotp.TOTP(sandbox.clerk["totp_secret"]).now())  # six digits send themselves
    page.wait_for_selector("table.rows, .empty")
    page.wait_for_load_state("networkidle")


def open_case(page: Page, sandbox: Sandbox, case: dict[str, Any]) -> None:
    """Open a case, and wait until its page is there with its paper; a page that says no, or another case's, is none.

    Raises:
        Error: It did not come.
    """
    page.goto(f"{sandbox.city_url}/cases/{case['case_number']}")
    # A receipt's number stands on its case's page alone, in groups.
    page.get_by_text(re.compile("[- ]?".join(case["number"]))).first.wait_for(timeout=_WITHIN_MS)
    page.wait_for_function("document.images.length && [...document.images].every((one) => one.naturalWidth > 0)", timeout=_WITHIN_MS)
    page.wait_for_load_state("networkidle")


def _shot(page: Page, path: Path) -> Path:
    page.screenshot(path=str(path))
    return path
