"""Entry at the desk: choose the item, fill the form in, add papers and signature, hand in, print the receipt."""

from dataclasses import dataclass, field
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods
from uuid6 import uuid7

from city import here
from city.desk import form as sheet
from city.desk.entry import Draft, EntryRefusedError, desk_of, enter, entered, read_signature
from city.desk.said import CARD, PROBLEMS, SCANS, STEPS
from city.desk.scans import ScanProblem, pages_of
from city.onewindow.models import Case
from city.staff.audit import clerk_of
from city.staff.doors import requires
from city.staff.roles import Right
from city.web.language import page_language
from sync.contract.answers import AnswerProblem, materials_asked
from sync.contract.application import Applicant, Helper, Signature
from sync.contract.formats import is_id_number, is_person_name
from sync.contract.item import CardField, Door, ItemPackage
from sync.contract.names import ApplicationId, MaterialId, is_uuid

_SIGNATURE_LETTERS = 400_000
_UNSENT = frozenset({"csrfmiddlewaretoken", "do", "signature", "helper_signature", "on_paper", "agreed"})


@dataclass
class _Handed:
    """What the second page sent, and what is wrong with it, by the place where it is said."""

    papers: list[tuple[MaterialId, int, bytes]] = field(default_factory=list)
    signature: Signature | None = None
    helper: Helper | None = None
    wrong: dict[str, str] = field(default_factory=dict)


@requires(Right.ENTER_CASES)
@require_GET
def items(request: HttpRequest) -> HttpResponse:
    """Choose what somebody came for."""
    search = request.GET.get("item", "").replace("\0", "").strip()[:40]
    offered = [one.package for one in here.catalogue().on_offer(here.today()) if one.package.door is Door.CATALOGUE]
    found = [one for one in offered if not search or search in one.name.zh or search.lower() in (one.name.en or "").lower()]
    return render(request, "desk/entry_items.html", {"items": found, "wanted": search})


@requires(Right.ENTER_CASES)
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, code: str) -> HttpResponse:
    """Fill in, then add papers and signature; nothing is kept until the last button."""
    package = _package(code)
    posted = request.POST
    if request.method == "GET":
        return _first(request, package, QueryDict(mutable=True))
    do = posted.get("do", "")
    if do.startswith(("add:", "less:")) or do in ("again", "back") or posted.get("version") != str(package.version):
        return _first(request, package, _with_rows(posted, do), is_stale=posted.get("version") != str(package.version))
    known = entered(desk_of(clerk_of(request)), _id(posted))
    if known is not None:
        return redirect("entry-done", code, known.case_number)
    filled = sheet.read(package, posted, here.today())
    refusal = sheet.refused(package, filled)
    bad_card, found = sheet.card_wrong(package, filled, here.today()), sheet.wrong(package, filled, here.today())
    if refusal or sheet.unanswered(package, filled) or bad_card or found or _helper_wrong(package, posted):
        return _first(request, package, posted, status=422)
    if do != "hand_in":
        return _second(request, package, posted, filled, _Handed())
    handed = _handed(request, package, filled)
    if handed.wrong:
        return _second(request, package, posted, filled, handed, status=422)
    return _hand_in(request, package, filled, handed)


@requires(Right.ENTER_CASES)
@require_GET
def done(request: HttpRequest, code: str, case_number: str) -> HttpResponse:
    """It is received: the receipt, the case, and the next one."""
    case = get_object_or_404(Case, case_number=case_number, terminal=desk_of(clerk_of(request)))
    package = here.catalogue().kept(_package(code).code, case.item_version)
    return render(request, "desk/entry_done.html", {"case": case, "package": package, "item_name": package.name.said_in(page_language())})


def _package(code: str) -> ItemPackage:
    offered = {str(one.package.code): one.package for one in here.catalogue().on_offer(here.today())}
    package = offered.get(code)
    if package is None or package.door is not Door.CATALOGUE:
        raise Http404
    return package


def _id(posted: QueryDict) -> ApplicationId:
    text = posted.get("application_id", "")
    return ApplicationId(text if is_uuid(text) else str(uuid7()))


def _first(request: HttpRequest, package: ItemPackage, posted: QueryDict, *, is_stale: bool = False, status: int = 200) -> HttpResponse:
    language, today = page_language(), here.today()
    filled = sheet.read(package, posted, today)
    judged = status != 200
    found = sheet.wrong(package, filled, today) if judged else {}
    refusal = sheet.refused(package, filled)
    bad = sheet.card_wrong(package, filled, today) if judged else ()
    shown = list(sheet.widgets(package, filled, posted, found, language))
    at = {name for _, asked in shown for one in asked for name in _names(one)}
    context = {
        "package": package,
        "item_name": package.name.said_in(language),
        "application_id": _id(posted),
        "card": [(one.value, CARD[one.value], posted.get(f"c.{one.value}", ""), one.value in bad) for one in _card(package)],
        "eligibility": sheet.eligibility_widgets(package, posted, language),
        "refusal": refusal,
        "refusal_said": refusal.reason.said_in(language) if refusal else "",
        "refusal_where": refusal.where.said_in(language) if refusal and refusal.where else "",
        "unanswered": [one.question.label.said_in(language) for one in sheet.unanswered(package, filled)] if judged else [],
        "pages": shown,
        "elsewhere": [one for name, one in found.items() if name not in at],
        "helping": package.helping,
        "helped": posted.get("helped") == "yes",
        "posted": posted,
        "helper_wrong": _helper_wrong(package, posted) if judged else {},
        "problems": {one.value: translation.gettext(said) for one, said in PROBLEMS.items()},
        "step_names": STEPS,
        "is_wrong": judged,
        "is_stale": is_stale,
    }
    return render(request, "desk/entry_form.html", context, status=status)


def _names(one: sheet.Widget) -> list[str]:
    return [one.name, *(inner.name for row in one.rows for inner in row)]


def _card(package: ItemPackage) -> tuple[CardField, ...]:
    return package.card_fields if package.by_card else ()


def _second(
    request: HttpRequest, package: ItemPackage, posted: QueryDict, filled: sheet.Filled, handed: _Handed, status: int = 200
) -> HttpResponse:
    language = page_language()
    asked = materials_asked(package, filled.answers)
    context = {
        "package": package,
        "item_name": package.name.said_in(language),
        "carried": [(name, value) for name, values in posted.lists() if name not in _UNSENT for value in values],
        "materials": [(one, one.name.said_in(language), one.help.said_in(language) if one.help else "") for one in asked],
        "notice": [point.said_in(language) for point in package.notice.points],
        "declaration": package.declaration.said_in(language),
        "signed": package.signed and _applicant_signs(package, filled),
        "helper_signs": package.helping is not None and posted.get("helped") == "yes",
        "authorisation": package.helping.authorisation.said_in(language) if package.helping else "",
        "wrong": {name: translation.gettext(said) for name, said in handed.wrong.items()},
        "posted": posted,
    }
    return render(request, "desk/entry_papers.html", context, status=status)


def _applicant_signs(package: ItemPackage, filled: sheet.Filled) -> bool:
    """As at the terminal: an applicant for whom somebody hands in signs only where the answers say that they are there."""
    helping = package.helping
    if helping is None or helping.question.name not in filled.answers:
        return True
    return helping.present is not None and filled.answers.get(helping.present) is True


def _handed(request: HttpRequest, package: ItemPackage, filled: sheet.Filled) -> _Handed:
    handed = _Handed()
    for material in materials_asked(package, filled.answers):
        files = cast("list[UploadedFile[bytes]]", request.FILES.getlist(f"m.{material.id}"))
        if not files and material.required:
            handed.wrong[f"m.{material.id}"] = NO_PAPER
        if len(files) > material.pages_max:
            handed.wrong[f"m.{material.id}"] = TOO_MANY
            continue
        pages: list[bytes] = []
        for file in files:
            scans = pages_of(file.name or "", file.read(), material.pages_max)
            if isinstance(scans, ScanProblem):
                handed.wrong[f"m.{material.id}"] = SCANS[scans]
            else:
                pages += [scan.jpeg for scan in scans]
        if len(pages) > material.pages_max:
            handed.wrong[f"m.{material.id}"] = TOO_MANY
        handed.papers += [(material.id, page, jpeg) for page, jpeg in enumerate(pages, start=1)]
    posted = request.POST
    handed.signature = read_signature(posted.get("signature", "")[:_SIGNATURE_LETTERS])
    if package.signed and _applicant_signs(package, filled) and handed.signature is None and posted.get("on_paper") != "yes":
        handed.wrong["signature"] = NOT_SIGNED
    if posted.get("agreed") != "yes":
        handed.wrong["agreed"] = NOT_AGREED
    if package.helping is not None and posted.get("helped") == "yes":
        ink = read_signature(posted.get("helper_signature", "")[:_SIGNATURE_LETTERS])
        card = Applicant("resident", name=_plain(posted, "h.name"), id_number=_plain(posted, "h.id_number").upper())
        handed.helper = Helper(card, ink)
        if ink is None:
            handed.wrong["helper_signature"] = HELPER_NOT_SIGNED
    return handed


NO_PAPER = "这份材料必须有。"
TOO_MANY = "页数超过了这份材料的上限。"
NOT_SIGNED = "还没有签名；在纸上签的，请勾选。"
NOT_AGREED = "还没有告知并得到同意。"
HELPER_NOT_SIGNED = "代办人必须在这里签名。"


def _helper_wrong(package: ItemPackage, posted: QueryDict) -> dict[str, str]:
    """What is the matter with whoever hands in for somebody else."""
    if package.helping is None or posted.get("helped") != "yes":
        return {}
    wrong = {}
    if not is_person_name(_plain(posted, "h.name")):
        wrong["name"] = PROBLEMS[AnswerProblem.NOT_A_NAME]
    if not is_id_number(_plain(posted, "h.id_number").upper()):
        wrong["id_number"] = PROBLEMS[AnswerProblem.NOT_AN_ID_NUMBER]
    if posted.get(f"a.{package.helping.question.name}") not in {option.value for option in package.helping.question.options}:
        wrong["question"] = PROBLEMS[AnswerProblem.MISSING]
    return wrong


def _plain(posted: QueryDict, name: str) -> str:
    return posted.get(name, "").replace("\0", "").strip()[:100]


def _hand_in(request: HttpRequest, package: ItemPackage, filled: sheet.Filled, handed: _Handed) -> HttpResponse:
    clerk, posted = clerk_of(request), request.POST
    draft = Draft(
        _id(posted),
        package,
        filled.applicant,
        filled.answers,
        tuple(handed.papers),
        handed.signature if _applicant_signs(package, filled) else None,
        posted.get("on_paper") == "yes",
        handed.helper,
        here.now(),
        page_language().value,
    )
    try:
        case = enter(draft, desk_of(clerk), clerk)
    except EntryRefusedError as error:
        handed.wrong["all"] = str(error)
        return _second(request, package, posted, filled, handed, status=409)
    return redirect("entry-done", package.code, case.case_number)


def _with_rows(posted: QueryDict, do: str) -> QueryDict:
    """One row more or less, as the button says."""
    what, _, name = do.partition(":")
    if what not in ("add", "less"):
        return posted
    changed: Any = posted.copy()
    text = changed.get(f"n.{name}", "0")
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    changed[f"n.{name}"] = str(max(0, count + (1 if what == "add" else -1)))
    return cast("QueryDict", changed)
