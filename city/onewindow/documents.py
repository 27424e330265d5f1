"""The papers of a case (文书): what stands on each, fixed when it is first issued, and found again by its verification code."""

import secrets
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import transaction

from city import here
from city.onewindow.models import Case, Document, OnceOnlyNotice
from city.onewindow.papers import content_of
from city.onewindow.routes import steps_known
from city.onewindow.states import Conclusion, DocumentKind, Kind, State, StepState
from city.staff.models import Clerk
from sync.contract.item import ItemPackage
from sync.contract.names import SYMBOLS

CODE_SYMBOLS = 12
_REVIEW = "不服本决定的，可以自收到之日起 60 日内申请行政复议，或者 6 个月内提起行政诉讼（时限为样例，须核实）。"


class Figure(msgspec.Struct, frozen=True):
    """A date or a number that binds, in a frame."""

    label: str
    value: str
    small: str = ""


class Table(msgspec.Struct, frozen=True):
    """Rows under heads."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Sheet(msgspec.Struct, frozen=True):
    """What stands on one paper, as it was issued. People are masked."""

    title: str
    office: str
    number: str
    addressee: str
    text: tuple[str, ...]
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    notes: tuple[tuple[str, str], ...]
    hand: str
    on: date
    foot: str
    slip_code: str


def available(case: Case) -> tuple[DocumentKind, ...]:
    """Return the papers that the case has come to, in the order of its life."""
    state = State(case.state)
    found = [DocumentKind.RECEIPT]
    if OnceOnlyNotice.objects.filter(case=case).exists():
        found.append(DocumentKind.ONCE_ONLY)
    if case.accepted_at is not None:
        found.append(DocumentKind.ACCEPTANCE)
    if state is State.NOT_ACCEPTED:
        found.append(DocumentKind.NON_ACCEPTANCE)
    if state in (State.CLOSED, State.APPROVED, State.NOT_APPROVED):
        found.append(DocumentKind.RESULT)
    return tuple(found)


def issue(case: Case, kind: DocumentKind, clerk: Clerk) -> Document:
    """Return the paper as it was issued first, or issue it now. It never changes afterwards.

    Raises:
        LookupError: The case has not come to it.
    """
    if kind not in available(case):
        raise LookupError(kind)
    with transaction.atomic():
        Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        issued = Document.objects.filter(case=case, kind=kind).first()
        if issued is not None:
            return issued
        code = "".join(secrets.choice(SYMBOLS) for _ in range(CODE_SYMBOLS))
        sheet = msgspec.to_builtins(_sheet(case, kind, clerk))
        return Document.objects.create(case=case, kind=kind, code=code, clerk=clerk, sheet=sheet)


def sheet_of(document: Document) -> Sheet:
    """Return what stands on an issued paper."""
    return msgspec.convert(document.sheet, Sheet)


def found_by(code: str) -> Document | None:
    """Return the paper with this verification code, written in any way that a person may write it."""
    plain = "".join(symbol for symbol in code.upper().replace("O", "0").replace("I", "1").replace("L", "1") if symbol in SYMBOLS)
    if len(plain) != CODE_SYMBOLS:
        return None
    return Document.objects.filter(code=plain).select_related("case").first()


def _sheet(case: Case, kind: DocumentKind, clerk: Clerk) -> Sheet:
    package = content_of(case).package
    match kind:
        case DocumentKind.RECEIPT:
            parts = _receipt(case, package)
        case DocumentKind.ONCE_ONLY:
            parts = _once_only(case, package)
        case DocumentKind.ACCEPTANCE:
            parts = _acceptance(case, package)
        case DocumentKind.NON_ACCEPTANCE:
            parts = _non_acceptance(case, package)
        case DocumentKind.RESULT:
            parts = _result(case, package)
    own = here.own()
    masked = f"（证件号码 {case.masked_id_number}）" if case.masked_id_number else ""
    return Sheet(
        title=kind.label,
        office=own.office,
        number=case.case_number,
        addressee=f"{case.masked_name or '申请人'}{masked}：",
        text=parts["text"],
        figures=parts.get("figures", ()),
        tables=parts.get("tables", ()),
        notes=(("查进度", f"在任一终端扫右上角的码或放身份证，也可拨 {own.hotline}。"), *parts.get("notes", ())),
        hand=f"经办人：{clerk.full_name}（{clerk.staff_number}）",
        on=here.today(),
        foot=parts["foot"],
        slip_code=f"BM1:{case.number}:{case.application_id}".upper(),
    )


def _receipt(case: Case, package: ItemPackage) -> dict[str, Any]:
    days = here.own().precheck_working_days
    return {
        "text": (
            f"您于 {_day(case.received_at)} 提出的「{package.name.zh}」申请，材料收到了，影像 {case.papers_wanted} 页，还没有正式受理。",
        ),
        "figures": (Figure("最晚答复", f"{_on(case.precheck_by)}前", f"收件次日起 {days} 个工作日，受理后开始计算办理时限"),),
        "foot": "本回执只表示收到材料，不表示受理。",
    }


def _once_only(case: Case, package: ItemPackage) -> dict[str, Any]:
    notice = OnceOnlyNotice.objects.get(case=case)
    rows = tuple((str(place), one["name"], one["cause"], one["remedy"]) for place, one in enumerate(notice.points, start=1))
    return {
        "text": (f"您申请的「{package.name.zh}」，还差下面 {len(rows)} 样，一次告知如下。补齐就接着办，以前填的都在，不用重来。",),
        "figures": (Figure("最晚补齐", f"{_on(notice.correct_by)}前", "等您补的这些天，不算在办理期限里"),),
        "tables": (Table(("序", "要补的", "问题", "怎么补"), rows),),
        "notes": (("怎么补", "到任一终端点「查进度」，放身份证或扫右上角的码，只补这几样。"),),
        "foot": "本告知书为第 1 次，也是唯一一次。",
    }


def _acceptance(case: Case, package: ItemPackage) -> dict[str, Any]:
    days = package.limit.working_days
    names = {step.id: step.name.zh for step in steps_known(case).values()}
    steps = case.steps.exclude(state=StepState.LEFT_OUT).select_related("office").order_by("place")
    rows = tuple((str(place), names[step.step], step.office.name) for place, step in enumerate(steps, start=1))
    due = f"{_on(case.decide_by)}前" if days and case.decide_by else "当场办结"
    since = _day(case.accepted_at or case.received_at)
    said = f"您于 {_day(case.received_at)} 提出的「{package.name.zh}」申请，材料齐全，符合法定形式，决定自 {since} 起予以受理。"
    small = f"受理次日起 {days} 个工作日{'（时限为样例，须核实）' if package.limit.sample else ''}；补正、公示、特别程序停表"
    return {
        "text": (said,),
        "figures": (Figure("承诺办结", due, small if days else ""),),
        "tables": (*_materials(case), Table(("序", "接下来", "谁来办"), rows)),
        "foot": "本通知只表示受理，不表示批准。",
    }


def _non_acceptance(case: Case, package: ItemPackage) -> dict[str, Any]:
    return {
        "text": (
            f"您于 {_day(case.received_at)} 提出的「{package.name.zh}」申请，决定不予受理。理由：{_reason(case, Kind.NOT_ACCEPTED)}",
            _REVIEW,
        ),
        "foot": "本通知为不予受理的书面决定。",
    }


def _result(case: Case, package: ItemPackage) -> dict[str, Any]:
    said = list(case.events.filter(kind=Kind.CONCLUDED).select_related("clerk").order_by("id"))
    names = {step.id: step.name.zh for step in steps_known(case).values()}
    rows = tuple((names[one.detail["step"]], Conclusion(one.detail["conclusion"]).label, one.detail["reason"]) for one in said)
    approved = case.state != State.NOT_APPROVED
    verdict = "准予办理" if approved else "不予批准"
    text = [f"您申请的「{package.name.zh}」，已于 {_day(case.closed_at or here.now())} 办理完毕，结果：{verdict}。"]
    if approved and package.result is not None:
        text.append(f"您将得到：{package.result.zh}")
    return {
        "text": (*text, *(() if approved else (_REVIEW,))),
        "tables": (Table(("步骤", "结论", "意见"), rows),) if rows else (),
        "foot": "本通知为办理结果的书面告知。",
    }


def _materials(case: Case) -> tuple[Table, ...]:
    content = content_of(case)
    names = {material.id: material.name.zh for material in content.package.materials}
    pages: dict[str, int] = {}
    for paper in content.application.papers:
        pages[names[paper.material]] = pages.get(names[paper.material], 0) + 1
    rows = tuple((str(place), name, f"{count} 页", _form_of(case)) for place, (name, count) in enumerate(pages.items(), start=1))
    return (Table(("序", "已收材料", "份数", "形式"), rows),) if rows else ()


def _form_of(case: Case) -> str:
    return "窗口扫描" if case.events.filter(kind=Kind.ENTERED).exists() else "终端拍摄"


def _reason(case: Case, kind: Kind) -> str:
    event = case.events.filter(kind=kind).order_by("-id").first()
    return "" if event is None else str(event.detail.get("reason", ""))


def _day(moment: datetime) -> str:
    on = here.day_of(moment)
    return f"{on.year} 年 {on.month} 月 {on.day} 日"


def _on(day: date | None) -> str:
    return "" if day is None else f"{day.year} 年 {day.month} 月 {day.day} 日（周{'一二三四五六日'[day.weekday()]}）"
