"""The kinds of certificates that can be issued at once: what each certifies of a person, from what the city itself has decided.

All of them are samples: which certificates a town issues on the spot is for its departments to say. A kind is a function that finds
its facts, and one that writes them down; the facts name nobody.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from city import here
from city.onewindow.documents import Figure, Table
from city.onewindow.models import Case
from city.onewindow.papers import content_of
from city.onewindow.states import UNDER_WAY, State
from city.onewindow.work import package_of
from sync.contract.proofs import ProofKind
from sync.contract.words import Words

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """What stands on the paper beside the person."""

    text: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Issuable:
    """A kind, and how it is made. `facts` gives None when there is nothing to certify of the person with this digest."""

    kind: ProofKind
    facts: Callable[[str], Facts | None]
    written: Callable[[Facts], Written]


def issuable(code: str) -> Issuable | None:
    """Return the kind with this code."""
    return next((one for one in KINDS if one.kind.code == code), None)


_UNDER_WAY = (*UNDER_WAY, State.CLOSED)
_RESIDENCE = "residence-registration"


def _accepted(person: str) -> Facts | None:
    rows = [
        {"item": package_of(case).name.zh, "number": case.case_number, "on": here.day_of(case.accepted_at).isoformat(), "state": state}
        for case in _cases(person).filter(state__in=_UNDER_WAY)
        if case.accepted_at is not None
        for state in ("已办结" if case.state == State.CLOSED else "正在办理",)
    ]
    return {"cases": rows} if rows else None


def _accepted_written(facts: Facts) -> Written:
    rows = tuple((str(place), one["item"], one["number"], one["on"], one["state"]) for place, one in enumerate(facts["cases"], start=1))
    return Written(
        (f"截至本证明开具之日，上述申请人在本平台有下列 {len(rows)} 件申请已经受理：",),
        tables=(Table(("序", "事项", "受理编号", "受理日期", "状态"), rows),),
    )


def _registered(person: str) -> Facts | None:
    case = _cases(person).filter(item=_RESIDENCE, state=State.CLOSED).first()
    if case is None or case.closed_at is None:
        return None
    return {"case": case.case_number, "on": here.day_of(case.closed_at).isoformat()}


def _registered_written(facts: Facts) -> Written:
    """The address is read from the sealed application each time; it is written into no row."""
    case = Case.objects.get(case_number=facts["case"])
    address = str(content_of(case).application.answers.get("address", ""))
    return Written(
        (
            f"上述人员的居住登记（编号 {facts['case']}）已于 {facts['on']} 办结。登记的居住地址如下。",
            "本证明由自助终端即时开具，只说明登记的事实，不代替居住证和其他法定证件。",
        ),
        (Figure("登记的居住地址", address),),
    )


def _cases(person: str) -> Any:  # noqa: ANN401 - a query set
    return Case.objects.filter(person=person, corrects=None).exclude(person="").order_by("-pk")


KINDS: tuple[Issuable, ...] = (
    Issuable(
        ProofKind(
            "residence",
            Words("居住登记证明", "Proof of residence registration", "거주 등록 증명"),
            Words(
                "写明您在本市登记过的居住地址。办过居住登记就能开。",
                "States the address that you registered. For whoever has finished a residence registration.",
                "등록한 거주 주소를 적습니다. 거주 등록을 마친 분이 받을 수 있습니다.",
            ),
            icon="home_pin",
            valid_days=30,
            sample=True,
        ),
        _registered,
        _registered_written,
    ),
    Issuable(
        ProofKind(
            "acceptance",
            Words("申请受理证明", "Proof of accepted applications", "신청 수리 증명"),
            Words(
                "列出您已经受理的申请、编号和日期。",
                "Lists your applications that were accepted, with numbers and dates.",
                "수리된 신청과 번호, 날짜를 적습니다.",
            ),
            icon="fact_check",
            valid_days=30,
            sample=True,
        ),
        _accepted,
        _accepted_written,
    ),
)


def kinds() -> Iterator[ProofKind]:
    """Yield what terminals may offer."""
    yield from (one.kind for one in KINDS)
