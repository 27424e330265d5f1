"""The pages of items: the list, the editor with what the terminal shows, review and signing. Each works as a plain form without scripts."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.onewindow.models import Case
from city.onewindow.states import OVER
from city.packages import editing, life, runs
from city.packages.differences import changes
from city.packages.editing import NoSuchPlaceError
from city.packages.forms import form_of, tree
from city.packages.life import Refusal
from city.packages.models import DraftState, ItemDraft, ItemHome, ItemLine
from city.packages.preview import LookName, glass
from city.staff.audit import clerk_of
from city.staff.doors import requires
from city.staff.models import Clerk, Office
from city.staff.roles import Right
from city.web.language import page_language
from city.web.route_plan import route_plan
from sync.contract.item import ItemPackage
from sync.contract.names import ItemCode
from sync.contract.words import Language

COMMENT_LETTERS = 4
PARTS = {"basic": "基本", "form": "表单", "materials": "材料", "route": "流程", "admission": "授权"}
VIEWS = {"all": "全部", "drafts": "起草中", "review": "待审签", "ending": "快到期", "withdrawn": "已撤回"}
ENDS_SOON = timedelta(days=30)
LINES = 20
_LOOKS = {LookName.STANDARD: "标准", LookName.LARGE: "大字", LookName.CONTRAST: "高对比"}


@requires(Right.READ_ITEMS)
@require_GET
def items(request: HttpRequest) -> HttpResponse:
    """Every item with its owner, version and expiry, and what is being written."""
    return _items(request)


def _items(request: HttpRequest, refused: Refusal | None = None, status: int = 200) -> HttpResponse:
    clerk, today = clerk_of(request), here.today()
    view = request.GET.get("view", "all")
    view = view if view in VIEWS else "all"
    owners = {home.code: home.owner for home in ItemHome.objects.select_related("owner")}
    drafts = list(ItemDraft.objects.exclude(state__in=(DraftState.PUBLISHED, DraftState.DROPPED)).select_related("writer").order_by("code"))
    counts = dict(Case.objects.exclude(state__in=OVER).values_list("item").annotate(Count("pk")))
    rows = [_row(package, owners, counts, today) for package in here.catalogue().newest_of_each()]
    in_view = {
        "all": rows,
        "ending": [row for row in rows if row["ends"]],
        "withdrawn": [row for row in rows if row["is_withdrawn"]],
    }
    waiting = [draft for draft in drafts if draft.state == DraftState.IN_REVIEW and draft.writer_id != clerk.pk]
    shown = {"all": drafts, "drafts": drafts, "review": waiting}.get(view, [])
    context = {
        "view": view,
        "views": VIEWS.items(),
        "rows": in_view.get(view, []),
        "drafts": [(draft, owners.get(draft.code)) for draft in shown],
        "waiting": len(waiting),
        "unfinished": runs.unfinished(clerk),
        "may_write": clerk.may(Right.WRITE_ITEMS),
        "may_review": clerk.may(Right.REVIEW_ITEMS),
        "State": DraftState,
        "refused": refused,
        "sent": request.POST,
    }
    return render(request, "packages/items.html", context, status=status)


@requires(Right.WRITE_ITEMS)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin an item, or the next version of one."""
    clerk, code = clerk_of(request), request.POST.get("code", "").strip()[:80]
    if request.POST.get("next"):
        begun = life.begin_next(clerk, code)
    else:
        begun = life.begin(clerk, code, request.POST.get("name", "").replace("\0", "").strip()[:60])
    return _items(request, begun, 422) if isinstance(begun, Refusal) else redirect("item-draft", begun.pk)


@requires(Right.READ_ITEMS)
@require_GET
def draft_page(request: HttpRequest, draft: int) -> HttpResponse:
    """One version: to be written, to be reviewed, or to be looked at."""
    return _page(request, get_object_or_404(ItemDraft.objects.select_related("writer", "reviewer"), pk=draft))


@requires(Right.WRITE_ITEMS)
@require_POST
def change(request: HttpRequest, draft: int) -> HttpResponse:
    """Keep what a form of the editor sent, and then add, move or take away when asked to."""
    kept = get_object_or_404(ItemDraft, pk=draft)
    if not life.may_write(clerk_of(request), kept.code):
        raise PermissionDenied
    sent = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    part, at, then = sent.get("part", ""), sent.get("at", "")[:12], sent.get("then", "")
    if part not in PARTS:
        raise Http404
    try:
        source = editing.saved(kept.source, part, at, sent) if at or part in ("basic", "admission") else kept.source
        source, at = _then(source, at, then)
    except NoSuchPlaceError:
        return _page(request, kept, refused=Refusal.OVERTAKEN, status=409)
    refused = life.keep(kept, _number(sent.get("version", "")), source)
    if refused is None and part == "admission" and sent.get("owner"):
        office = get_object_or_404(Office, pk=_number(sent["owner"]))
        refused = life.hand_over(kept.code, office, clerk_of(request), kept.number)
    if refused is not None:
        return _page(request, kept, refused=refused, status=409)
    return redirect(f"{reverse('item-draft', args=(kept.pk,))}?part={part}&at={at}{_manner(request)}")


def _then(source: dict[str, Any], at: str, then: str) -> tuple[dict[str, Any], str]:
    """Do what a button beside the form asks for, and return where the editor goes."""
    match then.split(":"):
        case ["add", ("page" | "field" | "paper" | "step") as what]:
            return editing.added(source, what, at)
        case ["up"]:
            return editing.moved(source, at, -1)
        case ["down"]:
            return editing.moved(source, at, 1)
        case ["remove"]:
            return editing.removed(source, at), at.partition("f")[0] if "f" in at else ""
        case ["go", target]:
            return source, target[:12]
        case _:
            return source, at


@requires(Right.READ_ITEMS)
@require_POST
def act(request: HttpRequest, draft: int) -> HttpResponse:
    """Send a draft to review, give it up, return it with a reason, or sign it."""
    kept, clerk = get_object_or_404(ItemDraft, pk=draft), clerk_of(request)
    version, step = _number(request.POST.get("version", "")), request.POST.get("step", "")
    comment = request.POST.get("comment", "").replace("\0", "").strip()[:200]
    needed = Right.WRITE_ITEMS if step in ("send", "drop") else Right.REVIEW_ITEMS
    if not clerk.may(needed) or (needed is Right.WRITE_ITEMS and not life.may_write(clerk, kept.code)):
        raise PermissionDenied
    match step:
        case "send":
            refused = life.send(kept, version, clerk)
        case "drop":
            refused = life.drop(kept, version, clerk)
        case "sign":
            refused = life.sign(kept, version, clerk)
        case "return" if len(comment) < COMMENT_LETTERS:
            return _page(request, kept, comment_missing=True, status=422)
        case "return":
            refused = life.send_back(kept, version, clerk, comment)
        case _:
            raise Http404
    if refused is not None:
        return _page(request, kept, refused=refused, status=422 if refused is Refusal.NOT_FIT else 409)
    return redirect("items") if step == "drop" else redirect("item-draft", kept.pk)


@requires(Right.REVIEW_ITEMS)
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Take a published item off the terminals, for a reason."""
    comment = request.POST.get("comment", "").replace("\0", "").strip()[:200]
    if len(comment) < COMMENT_LETTERS:
        return _items(request, Refusal.NO_NAME, 422)
    refused = life.take_back(request.POST.get("code", "")[:80], clerk_of(request), comment)
    return _items(request, refused, 409) if refused else redirect(f"{reverse('items')}?view=withdrawn")


def _page(
    request: HttpRequest, draft: ItemDraft, *, refused: Refusal | None = None, comment_missing: bool = False, status: int = 200
) -> HttpResponse:
    draft.refresh_from_db()
    clerk, given = clerk_of(request), request.POST if request.method == "POST" else request.GET
    look = life.look_at(draft)
    may_write = life.may_write(clerk, draft.code) and life.may_be_changed(draft)
    part = given.get("part", "form")
    part = part if part in PARTS else "form"
    at = _there(draft.source, part, given.get("at", "")[:12])
    manner = _look(request), _language(request)
    _, page, question = editing.place_of(at) if at.startswith("p") else ("", 0, None)
    home = ItemHome.objects.filter(code=draft.code).select_related("owner").first()
    old = here.catalogue().package(ItemCode(draft.code), draft.number - 1) if draft.number > 1 else None
    context = {
        "draft": draft,
        "look": look,
        "parts": PARTS.items(),
        "part": part,
        "at": at,
        "tree": tree(draft.source, part),
        "form": form_of(draft.source, part, at) if may_write else None,
        "glass": glass(look.package, part, (page, question or 0), *manner) if look.package else None,
        "plan": _plan(draft, look.package, may_write=may_write, manner=_manner(request)) if look.package else None,
        "looks": [(name.value, label) for name, label in _LOOKS.items()],
        "look_name": manner[0].value,
        "language": manner[1].value,
        "languages": (("zh", "中文"), ("en", "English"), ("ko", "한국어")),
        "manner": _manner(request),
        "may_write": may_write,
        "may_review": clerk.may(Right.REVIEW_ITEMS) and draft.state == DraftState.IN_REVIEW and draft.writer_id != clerk.pk,
        "is_own": draft.writer_id == clerk.pk,
        "changes": changes(old, look.package) if look.package and not may_write else (),
        "old": old,
        "home": home,
        "offices": Office.objects.order_by("name") if may_write and part == "admission" else (),
        "lines": list(ItemLine.objects.filter(code=draft.code).select_related("clerk")[:LINES]),
        "under_way": Case.objects.filter(item=draft.code, item_version=draft.number - 1).exclude(state__in=OVER).count(),
        "refused": refused,
        "comment_missing": comment_missing,
        "State": DraftState,
    }
    return render(request, "packages/editor.html" if may_write else "packages/review.html", context, status=status)


def _plan(draft: ItemDraft, package: ItemPackage, *, may_write: bool, manner: str) -> SafeString | None:
    """The route as a picture; where it may be changed, each step leads to its form."""
    if package.route is None:
        return None
    address = reverse("item-draft", args=(draft.pk,))
    links = {step.id: f"{address}?part=route&at=s{place}{manner}" for place, step in enumerate(package.route.steps)}
    return route_plan(package.route, page_language(), links=links if may_write else None)


def _row(package: ItemPackage, owners: dict[str, Office], counts: dict[str, int], today: Any) -> dict[str, Any]:  # noqa: ANN401 - a day
    left = (package.valid_until - today).days
    return {
        "package": package,
        "name": package.name.zh,
        "department": package.department.zh,
        "owner": owners.get(package.code),
        "under_way": counts.get(package.code, 0),
        "is_withdrawn": here.catalogue().is_withdrawn(package),
        "is_over": left < 0,
        "ends": left <= ENDS_SOON.days,
        "left": left,
    }


def _there(source: dict[str, Any], part: str, at: str) -> str:
    """Return the place that is edited: the one asked for, or the first of its part."""
    first = {"form": "p0", "materials": "m0", "route": "s0"}.get(part, "")
    for one in (at, first):
        try:
            if one and one[0] == first[:1]:
                editing.at_place(source, one)
                return one
        except NoSuchPlaceError:
            continue
    return ""


def _look(request: HttpRequest) -> LookName:
    asked = request.GET.get("look", "")
    return LookName(asked) if asked in list(LookName) else LookName.STANDARD


def _language(request: HttpRequest) -> Language:
    asked = request.GET.get("words", "")
    return Language(asked) if asked in list(Language) else Language.ZH


def _manner(request: HttpRequest) -> str:
    """Return how the picture of the terminal is wanted, for the next address."""
    return f"&look={_look(request)}&words={_language(request)}"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def to_review(clerk: Clerk) -> int:
    """Return how many items wait for this person's review."""
    if not clerk.may(Right.REVIEW_ITEMS):
        return 0
    return ItemDraft.objects.filter(state=DraftState.IN_REVIEW).exclude(writer=clerk).count()
