"""Every page of the consoles in a real Chromium at 1366x768: axe-core finds nothing serious, and nothing runs over the edge.

Which pages there are is asked of the city itself: every address that answers GET with a page, and every template that is a whole page. One
that nobody looks at here fails the test. Chromium is given the city's own answers.
"""

import re
import secrets
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve
from playwright.sync_api import Browser, Page, Route

from city.community.models import OrderRow, OrderState, ProviderRow
from city.folder import CityFolder
from city.grid.models import GridEvent
from city.onewindow.models import Case, Step
from city.packages import life
from city.packages.models import ItemDraft
from city.samples import make_sample_town, sample_map
from city.staff.demo_people import make_people
from city.staff.models import Clerk, Posting
from city.staff.roles import Role
from city.timebank.models import Account
from city.web import errors
from sync.contract.item import ItemPackage
from tests.city.community.test_services import REQUEST, ask
from tests.city.staff.identity_provider import IdentityProvider
from tests.city.staff.test_oidc import provider, way_back
from tests.city.terminal import HOST, ITEM, Terminal
from tests.city.test_back_offices import ROUTED
from tests.city.test_desk_entry import ANSWERS, CARD, upload
from tests.city.test_in_chromium import chromium_here, found_serious
from tests.city.test_permissions import pages

__all__ = ["provider"]  # a fixture

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.timeout(1800)]  # ninety pages, each through a browser

TEMPLATES = Path(__file__).parents[2] / "city" / "templates"
FRAMES = {"base.html", "errors/frame.html"}

NO_PAGES = {
    "document": "a PDF",
    "photo": "a picture",
    "grid-report-photo": "a picture",
    "grid-after-photo": "a picture",
    "order-brought": "a picture, or a bundle",
    "reconciliation-export": "a table",
    "assessment-export": "a table",
    "calls": "a part of every page",
    "export-progress": "a part of the exports' page",
    "home": "leads on to the first module",
    "oidc": "leads on to the identity provider",
    "sign-out": "leads on",
    "language": "leads back, in the other language",
}
"""Addresses that answer GET, or lead on, and are no page, each with what they are."""


LEFT_ON_PAPER = "[...document.querySelectorAll('nav.rail, footer.keys')].some((one) => getComputedStyle(one).display !== 'none')"


TOO_WIDE = (
    "[...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > 1366.5)"
    ".slice(0, 4).map((one) => `${one.tagName}.${one.className}`)"
)


class Looker:
    """Looks at the city's answers in Chromium, and remembers which pages it saw."""

    def __init__(self, page: Page, client: Client, files: str) -> None:
        self.page, self.client, self._files = page, client, files
        self.names: set[str] = set()
        self.templates: set[str] = set()
        self.wrong: list[str] = []
        self._shown: dict[str, HttpResponse] = {}
        page.route(lambda address: not urlsplit(address).path.startswith("/static/"), self._answer)

    def get(self, where: str, status: int = 200, client: Client | None = None) -> str:
        """Ask for a page and look at it."""
        answer = (client or self.client).get(where, secure=True, headers={"host": HOST})
        return self.look(where, answer, status)

    def post(self, where: str, status: int = 200, **values: object) -> str:
        """Send a form whose answer is a page, and look at that."""
        return self.look(where, self.client.post(where, values, secure=True, headers={"host": HOST}), status)

    def look(self, where: str, answer: Any, status: int = 200) -> str:  # noqa: ANN401  the client's answer knows its templates
        """Look at an answer."""
        if answer.status_code != status:
            self.wrong.append(f"{where}: {answer.status_code} instead of {status}")
        self.names.add(str(resolve(urlsplit(where).path).url_name)) if status != 404 else None
        self.templates |= {str(one.name) for one in answer.templates or () if one.name}
        self._shown[where] = answer
        self.page.goto(self._files + where)
        self.wrong += [f"{where}: {one}" for one in found_serious(self.page)]
        if self.page.evaluate("document.documentElement.scrollWidth") > 1366:
            self.wrong.append(f"{where}: runs over the edge: {self.page.evaluate(TOO_WIDE)}")
        self.page.emulate_media(media="print")
        if self.page.evaluate(LEFT_ON_PAPER):
            self.wrong.append(f"{where}: the rail or the keys are printed")
        self.page.emulate_media(media="screen")
        return str(answer.content.decode())

    def _answer(self, route: Route) -> None:
        asked = urlsplit(route.request.url)
        where = asked.path + (f"?{asked.query}" if asked.query else "")
        answer = self._shown.pop(where, None)
        if answer is None:  # a picture, or a part that is asked for again: nothing of Django's runs in Playwright's own context
            route.abort()
            return
        # A page that leads on by itself is looked at all the same: the way on is taken out.
        body = re.sub(rb'<meta http-equiv="refresh"[^>]*>', b"", b"".join(answer) if answer.streaming else answer.content)
        route.fulfill(status=answer.status_code, content_type=answer.get("Content-Type", "text/html"), body=body)


@pytest.fixture
def somebody(terminal: Terminal) -> Client:
    """Somebody who may do everything, in the sample town."""
    make_people()
    make_sample_town()
    clerk = Clerk.objects.create(username="one", staff_number="X1", full_name="样例", office="样例")
    for role in Role:
        Posting.objects.create(clerk=clerk, role=role)
    client = Client(headers={"host": HOST})
    client.force_login(clerk)
    return client


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium, from before the database is there until after it is gone."""
    with pytest.MonkeyPatch.context() as patch, chromium_here() as found:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps a loop in this thread, in which nothing of Django's runs
        yield found


class _Files(BaseHTTPRequestHandler):
    """Styles, scripts and fonts, some of which weigh eight megabytes: too much to be handed over one by one."""

    def do_GET(self) -> None:
        file = finders.find(self.path.removeprefix("/static/"))
        body = Path(str(file)).read_bytes() if file else b""
        self.send_response(200 if file else 404)
        self.send_header("Content-Type", guess_type(self.path)[0] or "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=3600")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def files() -> Iterator[str]:
    """Where the static files are."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def looker(chromium: Browser, somebody: Client, files: str) -> Iterator[Looker]:
    """A page on the city's answers."""
    context = chromium.new_context(ignore_https_errors=True, viewport={"width": 1366, "height": 768}, locale="zh-CN", bypass_csp=True)
    yield Looker(context.new_page(), somebody, files)
    context.close()


def test_every_page_is_looked_at_and_none_shuts_anybody_out(
    looker: Looker, terminal: Terminal, offer: Callable[[ItemPackage], None], provider: IdentityProvider, city_folder: CityFolder
) -> None:
    offer(ROUTED)
    offer(REQUEST)
    for look in (_lists, _front_desk, _offices, _entry, _community, _items, _fleet, _people, _errors):
        look(looker, terminal)
    _rerouting(looker, offer)
    _signing_in(looker, city_folder)
    answers = {name: looker.client.get(where, secure=True, headers={"host": HOST}).status_code for name, where, _ in pages()}
    unseen = {name for name, status in answers.items() if status != 405} - looker.names - set(NO_PAGES)
    looker.wrong += [f"{name}: nobody looked at this address" for name in sorted(unseen)]
    looker.wrong += [f"{name}: nobody looked at this template" for name in sorted(_whole_pages() - looker.templates)]
    assert looker.wrong == [], "\n".join(looker.wrong)


def _whole_pages() -> set[str]:
    extends = re.compile(r"{% extends \"([^\"]+)\" %}")
    found = {str(path.relative_to(TEMPLATES)): extends.match(path.read_text(encoding="utf-8")) for path in TEMPLATES.rglob("*.html")}
    return {name for name, match in found.items() if match and match[1] in FRAMES and name not in FRAMES}


def _lists(looker: Looker, _terminal: Terminal) -> None:
    for where in (
        "/queue", "/steps", "/appointments", "/proofs", "/verify", "/community/notices", "/community/notices/new", "/reconciliation",
        "/dashboard", "/assessment", "/case-exports", "/messages", "/partners", "/troubles", "/grid/offers", "/audit", "/audit/accounts",
        "/grid", "/grid/events/new", "/grid/records", "/grid/records?new", "/fleet", "/fleet/settings", "/fleet/rollout",
        "/fleet/releases", "/admissions", "/items", "/entry", "/staff", "/community/services", "/community/services?new",
    ):  # fmt: skip
        looker.get(where)


def _front_desk(looker: Looker, terminal: Terminal) -> None:
    made = terminal.application()
    terminal.put(made)
    terminal.upload(made)
    case = Case.objects.latest("pk")
    where = f"/cases/{case.case_number}"
    looker.get(where)
    looker.get(f"{where}?reveal=answer.mobile")
    looker.post(f"{where}/reveal", 422, key="answer.mobile", reason="other", note="短")
    looker.post(f"{where}/reveal", key="answer.mobile", reason="call_back")
    looker.get(f"{where}/once-only-notice")
    looker.post(f"{where}/once-only-notice", 422, version=case.version)
    looker.post(f"{where}/accept", 409, version=case.version + 7)
    looker.post("/queue/accept", row=f"{case.case_number}:{case.version}")
    case.refresh_from_db()
    looker.client.post(f"{where}/accept", {"version": case.version}, secure=True)
    case.refresh_from_db()
    looker.post(f"{where}/accept", 409, version=case.version)
    looker.get(where)


def _offices(looker: Looker, terminal: Terminal) -> None:
    terminal.item = ROUTED
    made = terminal.application()
    terminal.put(made)
    terminal.upload(made)
    terminal.item = ITEM
    case = Case.objects.latest("pk")
    looker.client.post(f"/cases/{case.case_number}/accept", {"version": case.version}, secure=True)
    step = Step.objects.filter(case=case).order_by("pk").first()
    assert step is not None
    looker.get(f"/steps/{step.pk}")
    looker.client.post(f"/steps/{step.pk}/act", {"do": "claim", "version": step.version}, secure=True)
    looker.get(f"/steps/{step.pk}")
    looker.get(f"/cases/{case.case_number}")


def _entry(looker: Looker, _terminal: Terminal) -> None:
    where = f"/entry/{ITEM.code}"
    shown = looker.get(where)
    given = dict(re.findall(r'name="(application_id|version)" value="([^"]+)"', shown)) | CARD | ANSWERS | {"a.remark": "样例"}
    looker.post(where, 422, **(given | {"a.mobile": "12", "do": "next"}))
    looker.post(where, **given, do="next")
    looker.post(where, 422, **given, do="hand_in")
    done = looker.client.post(where, given | {"do": "hand_in", "agreed": "yes", "on_paper": "yes", "m.contract": [upload()]}, secure=True)
    looker.get(done["Location"])


def _community(looker: Looker, terminal: Terminal) -> None:
    clerk, area = Clerk.objects.get(username="one"), sample_map().community
    order = ask(terminal, service="sample-escort")
    looker.get(f"/community/orders?order={order.pk}")
    ProviderRow.objects.filter(key="sample-escort").update(owner=clerk)
    OrderRow.objects.update(state=OrderState.DONE, area=area)
    looker.get(f"/community/orders?view=done&order={order.pk}")
    looker.post(f"/community/time-bank/orders/{order.pk}/helped", 422, number="0", minutes="60")
    looker.get("/community/time-bank/orders")
    account = Account.objects.filter(kind="member").first()
    assert account is not None
    for where in ("", "?new", f"?account={account.pk}", f"/{account.pk}/statement", "/limits"):
        looker.get(f"/community/time-bank{where}")
    looker.post(f"/community/time-bank/{account.pk}/close", 422, words="短")
    looker.post("/community/time-bank/limits", 422, area=area, task_minutes="0")
    chosen = ProviderRow.objects.latest("pk")
    looker.get(f"/community/services?service={chosen.pk}")
    event = GridEvent.objects.latest("pk")
    looker.get(f"/grid/events/{event.pk}")


def _items(looker: Looker, _terminal: Terminal) -> None:
    other = Clerk.objects.get(username="editor")
    draft = life.begin_next(other, ITEM.code)
    assert isinstance(draft, ItemDraft)
    where = f"/items/drafts/{draft.pk}"
    for part in ("basic", "form", "materials", "route", "admission"):
        looker.get(f"{where}?part={part}")
    looker.get(f"{where}?part=form&at=p0f1")
    ItemDraft.objects.filter(pk=draft.pk).update(state="in_review")
    looker.get(where)
    looker.get("/items?view=review")
    begun = looker.client.post("/items/sign", {"row": f"{draft.pk}:{draft.version + 1}"}, secure=True)["Location"]
    looker.get("/items?view=review")
    looker.get(begun)
    looker.client.post(f"{begun}/on", secure=True)
    looker.get(begun)


def _rerouting(looker: Looker, offer: Callable[[ItemPackage], None]) -> None:
    assert ROUTED.route is not None
    shorter = msgspec.structs.replace(ROUTED.route, steps=ROUTED.route.steps[:-1])  # the one that is in hand stays
    offer(msgspec.structs.replace(ROUTED, version=ROUTED.version + 1, route=shorter))
    looker.get("/reroutes")
    begun = looker.client.post("/reroutes/begin", {"item": ROUTED.code, "since": ROUTED.version}, secure=True)["Location"]
    looker.get(begun)
    looker.get("/reroutes")  # with a look that can be thrown away
    looker.client.post(f"{begun}/on", secure=True)
    looker.post(f"{begun}/confirm", 422, reason="短")
    looker.client.post(f"{begun}/confirm", {"reason": "样例：新办法施行"}, secure=True)
    looker.post(f"{begun}/discard", 409)
    looker.get(begun)
    looker.client.post(f"{begun}/on", secure=True)
    looker.get(begun)
    looker.get(f"/cases/{Case.objects.exclude(route_version=None).latest('pk').case_number}")


def _fleet(looker: Looker, terminal: Terminal) -> None:
    looker.get(f"/fleet/terminals/{terminal.id}")
    told = {"terminal": "SY-NEW-1", "place": "样例社区", "area": sample_map().community, "spot": "样例", "form": "样例"}
    opened = looker.post("/admissions/open", **told)
    found = re.search(r"/admissions/(\d+)", opened)
    assert found is not None
    looker.get(f"/admissions/{found[1]}")


def _people(looker: Looker, _terminal: Terminal) -> None:
    person = Clerk.objects.get(username="clerk")
    looker.get(f"/staff?person={person.pk}")
    shown = looker.client.post(f"/staff/{person.pk}/do", {"step": "invite"}, secure=True, follow=True)
    link = re.search(r"/set-up/[\w-]+", shown.content.decode())
    assert link is not None
    looker.get(link[0], client=Client())
    looker.get("/set-up/none", 410, client=Client())
    fresh, password = Client(headers={"host": HOST}), secrets.token_urlsafe(12)
    person.set_password(password)
    person.save()
    looker.get("/sign-in", client=fresh)
    looker.look("/sign-in", fresh.post("/sign-in", {"username": "clerk", "password": "wrong"}, secure=True), 403)
    fresh.post("/sign-in", {"username": "clerk", "password": password}, secure=True)
    looker.get("/sign-in/code", client=fresh)


def _signing_in(looker: Looker, folder: CityFolder) -> None:
    stranger = Client()
    looker.get("/sign-in/oidc/back", 400, client=stranger)
    looker.get(way_back(stranger, folder), client=stranger)
    looker.look("/sign-out", stranger.post("/sign-out", secure=True, headers={"host": HOST}))


def _errors(looker: Looker, _terminal: Terminal) -> None:
    looker.get("/no-such-page", 404)
    nobody = Client()
    nobody.force_login(Clerk.objects.create(username="two", staff_number="X2", full_name="样例", office="样例"))
    looker.get("/queue", 403, client=nobody)
    strict = Client(enforce_csrf_checks=True)
    looker.look("/sign-in", strict.post("/sign-in", {"username": "a"}, secure=True, headers={"host": HOST}), 403)
    request = RequestFactory(headers={"host": HOST}).get("/queue", secure=True)
    request.user = Clerk.objects.get(username="one")
    for status, answer in ((400, errors.bad_request(request, SuspiciousOperation())), (500, errors.failed(request))):
        answer.templates = []  # type: ignore[attr-defined]  # the client's answers have them
        looker.look("/queue", answer, status)
        looker.templates.add(f"errors/{status}.html")
