"""What does not get through by itself, to the existing platform or to departments' systems, and what a person does about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from city import here
from city.bridge.models import BridgeLine, BridgeStep, HandedOver, LastTurn, Trouble
from city.partners import push
from city.partners.models import Delivery, DeliveryState, PartnerLine, PartnerStep
from city.partners.models import Trouble as PushTrouble
from city.staff.models import Clerk
from city.staff.roles import Right

NEXT: Mapping[str, str] = {
    Trouble.UNWILLING: "看对方说的原因：事项代码、字段对不对；改好后重交，或在对方平台手工建件后记下。",
    Trouble.UNREADABLE: "申请打不开：看办件页上的说明；密钥恢复后重交。",
    Trouble.UNKNOWN_WORD: "对方用了我们不认识的状态码：补进适配器；这一件先按对方的结果人工办，再记下。",
    Trouble.NOT_POSSIBLE: "这一件在这里已走到别的状态：打开办件，人工办好再记下。",
    PushTrouble.NO_ANSWER: "对方连不上：请对方看服务和网络，好了以后重推。",
    PushTrouble.TLS: "对方证书不对：请对方换证书，或在“对接”里放上它的签发机构。",
    PushTrouble.REFUSED: "对方拒收：按状态码请对方查，改好后重推。",
    PushTrouble.REDIRECT: "对方转到别处：在“对接”里改推送地址。",
}
"""What to do next, for each reason."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A trouble as the list shows it."""

    key: str
    case_number: str
    where: str
    what: str
    why: str
    note: str
    next: str
    can_again: bool
    can_settle: bool


def note_turn(adapter: str, trouble: str) -> None:
    """Write down how a turn of the bridge ended; an empty `trouble` is a good one."""
    now = here.now()
    kept = LastTurn.objects.filter(pk=adapter).first()
    good_at = kept.good_at if kept and trouble else None if trouble else now
    since = (kept.failing_since if kept and kept.failing_since else now) if trouble else None
    LastTurn.objects.update_or_create(
        adapter=adapter, defaults={"at": now, "good_at": good_at, "failing_since": since, "note": trouble[:200]}
    )


def handed() -> QuerySet[HandedOver]:
    """Return the cases that the bridge does not carry on."""
    return HandedOver.objects.exclude(trouble="").select_related("case").order_by("-pk")


def pushes() -> QuerySet[Delivery]:
    """Return the events that were given up, and those that failed at least once and are tried again."""
    failing = Q(state=DeliveryState.DEAD) | Q(state=DeliveryState.WAITING, attempts__gt=0) & ~Q(trouble="")
    return Delivery.objects.filter(failing).select_related("partner").order_by("-pk")


def seen_handed(row: HandedOver, adapter: str) -> Seen:
    """Return a case of the bridge for the list."""
    never_there = not row.number
    trouble = Trouble(row.trouble)
    return Seen(
        f"b{row.pk}",
        row.case.number_said,
        adapter,
        "",
        trouble.label,
        row.note,
        NEXT[trouble],
        never_there,
        not never_there or trouble is Trouble.UNWILLING,
    )


def seen_push(row: Delivery) -> Seen:
    """Return an event for the list."""
    why = PushTrouble(row.trouble).label if row.trouble else ""
    note = str(row.answered or "")
    return Seen(
        f"p{row.pk}", row.case_number, row.partner.name, row.what, why, note, NEXT.get(row.trouble, ""), bool(row.partner.url), False
    )


def again(key: str, clerk: Clerk) -> bool:
    """Have it tried again: the bridge with its next turn, a push at once. False where there is nothing to try, or somebody was quicker."""
    with transaction.atomic():
        number = int(key[1:])
        if key[0] == "p":
            row = pushes().select_for_update(of=("self",)).filter(pk=number).first()
            if row is None or not push.replay(row.partner, only=row.pk):
                return False
            PartnerLine(partner=row.partner, step=PartnerStep.REPLAYED, clerk=clerk, note=row.case_number[:36]).save()
            return True
        found = HandedOver.objects.select_for_update().filter(pk=number, number="").exclude(trouble="").first()
        if found is None:
            return False
        BridgeLine(case_id=found.case_id, step=BridgeStep.AGAIN, trouble=found.trouble, clerk=clerk, note=found.note).save()
        found.delete()  # so that it is new to the next turn
    return True


def by_hand(key: str, clerk: Clerk, note: str) -> bool:
    """Note that a person saw to it; the case is left alone by the bridge where it never was at the platform."""
    with transaction.atomic():
        found = HandedOver.objects.select_for_update().filter(pk=int(key[1:])).exclude(trouble="").first() if key[0] == "b" else None
        if found is None:
            return False
        BridgeLine(case_id=found.case_id, step=BridgeStep.BY_HAND, trouble=found.trouble, clerk=clerk, note=note).save()
        HandedOver.objects.filter(pk=found.pk).update(trouble="", note="")
    return True


def troubles_waiting(clerk: Clerk) -> int:
    """Return how many troubles lie on the page."""
    if not clerk.may(Right.KEEP_PARTNERS):
        return 0
    return handed().count() + Delivery.objects.filter(state=DeliveryState.DEAD).count()
