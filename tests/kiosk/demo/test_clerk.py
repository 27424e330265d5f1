"""The clerk's page that the demo leaves as a picture, in Chromium: it is that case's page, or there is no picture of it."""

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Error, Page, sync_playwright

from kiosk.demo import clerk
from kiosk.demo.town import CityEnd
from kiosk.sandbox import Sandbox, make_sandbox

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, dict[str, Any]]]:
    """A served sandbox whose city has the example's application, and one more, as the demo leaves it."""
    folder = tmp_path_factory.mktemp("demo")
    end = CityEnd(folder)
    end.sandbox = sandbox = make_sandbox(folder / "town")
    end.start_city()
    try:
        for _ in range(2):
            words = ["apply", "--item", sandbox.example["item"], "--answers", sandbox.example["answers"]]
            for material, file in sandbox.example["attachments"].items():
                words += ["--attach", f"{material}={file}"]
            kiosk(sandbox, *words)
        kiosk(sandbox, "sync", "--once")
        first, other = end.applications()
        assert first["complete"]
        assert other["complete"]
        yield sandbox, first
    finally:
        end.stop_city()


def kiosk(sandbox: Sandbox, *words: str) -> None:
    subprocess.run([sys.executable, "-m", "kiosk", *words, "--config", str(sandbox.config)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def page(kept: tuple[Sandbox, dict[str, Any], list[Path]]) -> Iterator[Page]:
    """The clerk's window, signed in. Digits of a telephone are good once, so this waits for the next ones after the pictures."""
    time.sleep(30 - time.time() % 30 + 0.5)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        shown = browser.new_context(ignore_https_errors=True, viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
        clerk.sign_in(shown, kept[0])
        yield shown
        browser.close()


@pytest.fixture(scope="module")
def kept(handed_in: tuple[Sandbox, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Sandbox, dict[str, Any], list[Path]]:
    """What the demo keeps of the first case."""
    sandbox, case = handed_in
    return sandbox, case, clerk.photograph(sandbox, case, tmp_path_factory.mktemp("pictures"))


def test_the_pictures_are_kept(kept: tuple[Sandbox, dict[str, Any], list[Path]]) -> None:
    assert [path.name for path in kept[2]] == ["clerk-queue.png", "clerk-application.png"]
    for path in kept[2]:
        with Image.open(path) as picture:
            assert picture.size == (1366, 768)
            assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 100, "no blank page"


def test_the_page_shows_that_case_its_answers_and_its_paper(handed_in: tuple[Sandbox, dict[str, Any]], page: Page) -> None:
    sandbox, case = handed_in
    answers = json.loads(Path(sandbox.example["answers"]).read_text(encoding="utf-8"))
    clerk.open_case(page, sandbox, case)
    shown = page.inner_text("body")
    assert page.url.endswith(f"/cases/{case['case_number']}")
    assert case["number"] in re.sub(r"[\s-]", "", shown), "the receipt's number, in groups"
    assert "居住登记" in shown
    said = [value for value in answers.values() if isinstance(value, str) and not value.isascii()]
    assert any(value in shown for value in said), "what was answered"
    assert not any(value in shown for value in answers.values() if isinstance(value, str) and value.isdigit() and len(value) == 11)
    photo = page.locator("#photo")
    place = photo.bounding_box()
    assert place is not None
    assert place["width"] > 200, "large enough to read"
    width, height = photo.evaluate("(one) => [one.naturalWidth, one.naturalHeight]")
    with Image.open(next(iter(sandbox.example["attachments"].values()))) as paper:
        assert width / height == pytest.approx(paper.width / paper.height, rel=0.02)


@pytest.mark.parametrize("wrong", [{"case_number": "210100000000"}, {"number": "ZZZZ9999"}], ids=["no page", "another case"])
def test_no_other_page_is_taken_for_it(
    handed_in: tuple[Sandbox, dict[str, Any]], page: Page, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]
) -> None:
    sandbox, case = handed_in
    monkeypatch.setattr(clerk, "_WITHIN_MS", 3_000)
    with pytest.raises(Error):
        clerk.open_case(page, sandbox, case | wrong)
