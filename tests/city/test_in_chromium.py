"""The consoles in a real browser at 1366x768: people sign in, work with the keyboard, and axe-core finds nothing serious on any page."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyotp
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, sync_playwright

from city.onewindow.queue import VIEWS
from sync.contract.signing_keys import public_pem
from tests.city.test_command import city, said, serving

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
ITEMS = ROOT / "city" / "items"
SERIOUS = ("serious", "critical")
_SESSIONS: dict[tuple[str, str], list[Any]] = {}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Any]]]:
    """A served city with invented cases, and its people."""
    data = tmp_path_factory.mktemp("chromium") / "data"
    people = {one["username"]: one for one in said(city("init", "--data", data, "--json"))["people"]}
    assert said(city("publish-items", "--data", data, "--from", ITEMS, "--json"))["status"] == "done"
    assert said(city("samples", "--data", data, "--from", ITEMS, "--count", 18, "--json"))["cases"] == 18
    with serving(data) as (url, _):
        yield url, people | {"data": data}


@contextmanager
def chromium_here() -> Iterator[Browser]:
    """Chromium, as the demo starts it."""
    program = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    assert program is not None, "Chromium is not installed; run: ./set-up.sh test"
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for all tests of this module."""
    with chromium_here() as found:
        yield found


def window(browser: Browser) -> Page:
    for left in browser.contexts[:-1]:  # at most two people at a time: each holds lines to a city that serves four at once
        left.close()
    # axe is injected by the test alone, so the page's policy is set aside for it.
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1366, "height": 768}, locale="zh-CN", bypass_csp=True)
    return context.new_page()


def signed_in(browser: Browser, town: tuple[str, dict[str, Any]], who: str) -> Page:
    """Somebody's page. A code of the telephone is taken once, so that whoever comes again in the same half minute brings their session."""
    url, people = town
    page = window(browser)
    if (url, who) in _SESSIONS:
        page.context.add_cookies(_SESSIONS[url, who])
        page.goto(url)
        return page
    page.goto(f"{url}/sign-in")
    page.fill("input[name=username]", who)
    page.fill("input[name=password]", people[who]["password"])
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=code]")
    page.fill("input[name=code]", pyotp.TOTP(people[who]["totp_secret"]).now())  # six digits send themselves
    page.wait_for_selector("nav.rail")
    _SESSIONS[url, who] = page.context.cookies()  # type: ignore[assignment]  # what was given out is taken in again
    return page


def serious(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it is shown."""
    page.wait_for_load_state("networkidle")
    return [f"{page.url}: {one}" for one in found_serious(page)]


def found_serious(page: Page) -> list[str]:
    """The same of a page that has come to rest."""
    page.evaluate("async () => { await document.fonts.ready }")  # else the name of an icon is read as a text
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => JSON.stringify((await axe.run(document, {resultTypes: ['violations']})).violations)")
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in json.loads(found) if one["impact"] in SERIOUS]


def nothing_runs_over(page: Page) -> None:
    """The page itself never scrolls sideways at this size."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366


def test_signing_in_and_checking_a_paper(browser: Browser, town: tuple[str, dict[str, Any]]) -> None:
    page = window(browser)
    for address in ("/sign-in", "/verify", "/verify?code=AAAABBBBCCCC", "/no-such-page"):
        page.goto(town[0] + address)
        assert serious(page) == []
        nothing_runs_over(page)


def test_the_front_desk_works_with_keys_alone(browser: Browser, town: tuple[str, dict[str, Any]]) -> None:
    page = signed_in(browser, town, "clerk")
    page.goto(f"{town[0]}/queue")
    assert serious(page) == []
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_selector(".case")
    assert serious(page) == []
    nothing_runs_over(page)
    page.keyboard.press("n")
    page.wait_for_selector("form.notice")
    for unfit in page.locator("input[value=no]").all():
        unfit.check(force=True)
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.wait_for_selector(".case")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".decision .note")
    assert "已受理" in page.inner_text(".decision")
    assert serious(page) == []
    for view in VIEWS:
        page.goto(f"{town[0]}/queue?view={view}")
        assert serious(page) == []
        nothing_runs_over(page)


def test_a_paper_is_enlarged_and_turned_by_keys(browser: Browser, town: tuple[str, dict[str, Any]]) -> None:
    page = signed_in(browser, town, "clerk")
    page.goto(f"{town[0]}/queue")
    for where in page.locator("[data-row] a").evaluate_all("all => all.map((one) => one.href)"):
        page.goto(where)
        if page.locator("#photo").count():
            break
    for key, drawn in (("+", "scale(1.25)"), ("r", "rotate(90deg)"), ("0", "rotate(0deg) scale(1)")):
        page.keyboard.press(key)
        assert drawn in page.locator("#photo").evaluate("one => one.style.transform")


def test_an_office_claims_and_concludes_a_step(browser: Browser, town: tuple[str, dict[str, Any]]) -> None:
    page = signed_in(browser, town, "office")
    page.goto(f"{town[0]}/steps?view=office")
    assert serious(page) == []
    page.keyboard.press("g")
    page.wait_for_selector(".conclude, .desk-top .empty, .inbox")
    page.locator("[data-row] a").first.click()
    page.wait_for_selector(".conclude")
    page.keyboard.press("1")
    page.fill("#reason", "样例：情况属实。")
    assert serious(page) == []
    nothing_runs_over(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("nav.rail")
    assert "没有办成" not in page.content()


def test_the_auditor_sees_who_looked(browser: Browser, town: tuple[str, dict[str, Any]]) -> None:
    page = signed_in(browser, town, "auditor")
    page.goto(f"{town[0]}/audit")
    assert "演示员" in page.content()
    assert serious(page) == []
    nothing_runs_over(page)


def test_the_reconciliation_is_worked_through_by_keys(browser: Browser, town: tuple[str, dict[str, Any]]) -> None:
    page = signed_in(browser, town, "head")
    page.goto(f"{town[0]}/reconciliation")
    assert serious(page) == []
    nothing_runs_over(page)
    open_ones = page.locator(".issue").count()
    assert open_ones  # items whose example the city refuses lie on the shelf
    page.locator(".issue summary").first.click()
    page.locator(".issue input[name=reason]").first.fill("样例：已请居民到窗口重新办理")
    assert serious(page) == []
    page.keyboard.press("Enter")
    page.wait_for_selector(".settled")
    assert page.locator(".issue").count() == open_ones - 1
    assert serious(page) == []


def test_an_item_is_edited_beside_what_the_terminal_shows(browser: Browser, town: tuple[str, dict[str, Any]]) -> None:
    page = signed_in(browser, town, "editor")
    page.goto(f"{town[0]}/items")
    assert serious(page) == []
    nothing_runs_over(page)
    page.get_by_role("button", name="起草新版 临时救助").click()
    page.wait_for_selector(".item-editor")
    address = page.url.partition("?")[0]
    for part in ("basic", "form", "materials", "route", "admission"):
        page.goto(f"{address}?part={part}")
        assert serious(page) == []
        nothing_runs_over(page)
    page.goto(f"{address}?part=form&at=p0f1")
    page.fill("#label_zh", "因为什么事")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".pane :text('因为什么事')")
    assert serious(page) == []
    page.click("button[value=send]")
    page.wait_for_selector(".item-review")
    reviewer = signed_in(browser, town, "reviewer")
    reviewer.goto(address)
    assert "因为什么事" in reviewer.inner_text(".changes")
    assert serious(reviewer) == []
    nothing_runs_over(reviewer)
    reviewer.keyboard.press("Control+Enter")
    reviewer.wait_for_selector(":text('已签发的不能改')")
    reviewer.goto(f"{town[0]}/items")
    assert serious(reviewer) == []


def test_a_run_of_signatures_goes_on_by_itself(browser: Browser, town: tuple[str, dict[str, Any]]) -> None:
    page = signed_in(browser, town, "editor")
    for code in ("temporary-relief", "service-meals", "service-care"):
        page.goto(f"{town[0]}/items")
        page.locator(f"form:has(input[value='{code}']) button[name=next]").click()
        page.locator("button[value=send]").click()
        page.wait_for_selector(".tag.warn")
    page = signed_in(browser, town, "reviewer")
    page.goto(f"{town[0]}/items?view=review")
    assert serious(page) == []
    assert page.locator("button[data-many]").is_disabled()
    page.locator("[data-all]").check()
    page.locator("button[data-many]").click()
    page.get_by_text("签完了").wait_for(timeout=60_000)  # nobody presses anything
    assert page.locator("[data-goes-on]").count() == 0
    assert "办成 3" in page.inner_text("#run")
    assert serious(page) == []
    nothing_runs_over(page)


def test_the_figures_are_readable_for_everybody(browser: Browser, town: tuple[str, dict[str, Any]]) -> None:
    asked = {
        "head": (
            "/dashboard",
            *(f"/assessment?by={dimension}" for dimension in ("community", "item", "office")),
            "/assessment?period=2025",
        ),
        "clerk": ("/dashboard", "/messages", "/messages?state=waiting"),
    }
    for who, addresses in asked.items():
        page = signed_in(browser, town, who)
        for address in addresses:
            page.goto(town[0] + address)
            assert serious(page) == []
            nothing_runs_over(page)


def test_several_are_accepted_by_keys_and_a_filter_is_kept(browser: Browser, town: tuple[str, dict[str, Any]]) -> None:
    page = signed_in(browser, town, "clerk")
    page.goto(f"{town[0]}/queue?view=waiting")
    page.keyboard.press("x")
    page.keyboard.press("Shift+A")
    page.wait_for_selector(".tag.good")
    assert "没有办成 0 件" in page.content()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.wait_for_selector(".desk")
    page.keyboard.press("f")
    page.keyboard.press("ArrowDown")
    page.locator(".narrowing button").first.click()
    page.fill(".narrowing input[name=name]", "样例筛选")
    page.keyboard.press("Enter")
    page.wait_for_selector(".kept")
    assert serious(page) == []
    nothing_runs_over(page)
    page.goto(f"{town[0]}/steps?view=office")  # not hers
    assert page.locator(".kept").count() == 0


def test_somebody_hands_in_at_the_desk(browser: Browser, town: tuple[str, dict[str, Any]], tmp_path: Path) -> None:
    page = signed_in(browser, town, "clerk")
    page.goto(f"{town[0]}/entry")
    assert serious(page) == []
    page.click("a[href='/entry/temporary-relief']")
    assert serious(page) == []
    nothing_runs_over(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".note.danger")
    assert "还没有收件" in page.content()
    assert serious(page) == []
    nothing_runs_over(page)


def test_the_pages_behind_the_desk_are_readable_for_everybody(browser: Browser, town: tuple[str, dict[str, Any]]) -> None:
    asked = {
        "administrator": ("/staff", "/partners", "/troubles"),
        "auditor": ("/case-exports", "/audit/accounts"),
        "fleet": ("/fleet/releases", "/fleet/rollout"),
        "grid": ("/grid/records", "/grid/offers"),
    }
    for who, addresses in asked.items():
        page = signed_in(browser, town, who)
        for address in addresses:
            answer = page.goto(town[0] + address)
            assert answer is not None
            assert answer.ok, address
            assert serious(page) == []
            nothing_runs_over(page)


def test_the_fleet_s_pages_with_a_release_on_its_way(browser: Browser, town: tuple[str, dict[str, Any]], tmp_path: Path) -> None:
    data, key = town[1]["data"], tmp_path / "terminal.pem"
    key.write_bytes(public_pem(Ed25519PrivateKey.generate().public_key()))
    said(city("enrol", "--data", data, "--terminal", "SY-AXE-0001", "--public-key", key, "--json"))
    said(city("release", "init", "--data", data, "--json"))
    image, bundle = tmp_path / "image", tmp_path / "bundle"
    image.write_bytes(b"an invented image")
    release = ("--version", "2.4.2", "--board", "virtual")
    said(city("release", "virtual", "--data", data, *release, "--image", image, "--out", bundle, "--json"))
    said(city("release", "publish", "--data", data, *release, "--bundle", bundle, "--json"))
    said(city("rollout", "start", "--data", data, "--release", "2.4.2", "--percent", 5, "--pilot", "SY-AXE-0001", "--json"))
    page = signed_in(browser, town, "fleet")
    for address in ("/fleet", "/fleet/terminals/SY-AXE-0001", "/fleet/releases", "/fleet/rollout", "/fleet/settings", "/admissions"):
        answer = page.goto(town[0] + address)
        assert answer is not None
        assert answer.ok, address
        assert serious(page) == []
        nothing_runs_over(page)
    page.goto(f"{town[0]}/fleet/releases")
    assert "2.4.2" in page.content()
