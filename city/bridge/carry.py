"""One turn of the bridge: hand over what is new, bring what came later, and do here what was decided there.

The terminals notice nothing: they get the city's receipts, states and notices as ever. Two people who cannot sign in stand for the platform
in the history: one receives and examines, the other decides, as the machine of a case demands.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from city.bridge.models import HandedOver, ReadTo, Trouble
from city.bridge.port import Answer, Change, Handover, Picture, Platform, Unwilling, Word
from city.bridge.port import Point as PlatformPoint
from city.onewindow import front_desk
from city.onewindow.actions import Claim, Conclude
from city.onewindow.content import Content
from city.onewindow.front_desk import Outcome, Point
from city.onewindow.models import Case
from city.onewindow.papers import DamagedError, clear_photo, content_of
from city.onewindow.sheet import material_names, papers, plain_answers
from city.onewindow.standing import Standing, is_active
from city.onewindow.states import UNDER_WAY, Conclusion, State
from city.onewindow.work import Carried, carry_out_locked, standing_of
from city.staff.models import Clerk
from sync.contract.words import Language

log = logging.getLogger("city.bridge")

_ROWS = 500
_RECEIVES, _DECIDES = ("bridge-desk", "Q0001", "现有平台（受理）"), ("bridge-office", "Q0002", "现有平台（审批）")


@dataclass(slots=True)
class Turned:
    """What one turn did."""

    handed_over: int = 0
    brought: int = 0
    carried_out: int = 0
    troubles: int = 0


def turn(platform: Platform) -> Turned:
    """Do one turn.

    Raises:
        PlatformError: The platform is not there; what was done until then is kept.
    """
    done = Turned()
    _hand_over_new(platform, done)
    _bring_later(platform, done)
    _carry_out_theirs(platform, done)
    return done


def _hand_over_new(platform: Platform, done: Turned) -> None:
    new = Case.objects.filter(state=State.RECEIVED, corrects=None, handed_over=None).select_related("sealed").order_by("pk")
    for case in new[:_ROWS]:
        if not platform.takes(case.item):
            continue
        content = _opened(case)
        if content is None:
            HandedOver.objects.create(case=case, trouble=Trouble.UNREADABLE)
            done.troubles += 1
            continue
        taken = platform.hand_over(_handover(case, case, content))
        if isinstance(taken, Unwilling):
            HandedOver.objects.create(case=case, trouble=Trouble.UNWILLING, note=taken)
            done.troubles += 1
        else:
            HandedOver.objects.create(case=case, number=taken[:64])
            done.handed_over += 1


def _bring_later(platform: Platform, done: Turned) -> None:
    """Hand over corrections that are whole, each once."""
    later = Q(state=State.ATTACHED, handed_over=None, corrects__handed_over__trouble="", corrects__handed_over__isnull=False)
    later &= ~Q(corrects__handed_over__number="")  # a person saw to it: it never was there
    for correction in Case.objects.filter(later).select_related("corrects__handed_over", "sealed").order_by("pk")[:_ROWS]:
        case = correction.corrects
        content = _opened(correction)
        if case is None or content is None:
            HandedOver.objects.create(case=correction, trouble=Trouble.UNREADABLE)
            done.troubles += 1
            continue
        number = case.handed_over.number
        platform.bring(number, _handover(case, correction, content))
        HandedOver.objects.create(case=correction, number=number)
        done.brought += 1


def _carry_out_theirs(platform: Platform, done: Turned) -> None:
    kept = ReadTo.objects.filter(pk=platform.name).first()
    while True:
        changes, cursor = platform.changes(kept.cursor if kept else "")
        if not changes:
            return
        for change in changes:
            _apply(change, done)
        kept, _ = ReadTo.objects.update_or_create(adapter=platform.name, defaults={"cursor": cursor})


def _apply(change: Change, done: Turned) -> None:
    """Do here what was done there; what cannot be done is written down for a person and holds nothing else up."""
    handed = HandedOver.objects.filter(number=change.number, case__corrects=None).select_related("case__sealed").first()
    if handed is None:
        log.warning("the platform tells of a case that was not handed over")
        return
    if change.word is None:
        _note(handed, Trouble.UNKNOWN_WORD, change.reason, done)
        return
    if _is_done_already(handed.case, change.word):
        return
    outcome = _do(handed.case, change, change.word)
    if isinstance(outcome, Carried):
        done.carried_out += 1
    else:
        _note(handed, Trouble.NOT_POSSIBLE, f"{change.word}: {outcome}", done)


def _do(case: Case, change: Change, word: Word) -> Outcome | None:
    receives, reason = _clerk(_RECEIVES), change.reason or "由现有平台决定。"
    match word:
        case Word.ACCEPTED:
            content = _opened(case)
            return None if content is None else front_desk.accept(case, case.version, receives, content)
        case Word.TO_CORRECT:
            content = _opened(case)
            points = () if content is None else tuple(_points(content, change.points, reason))
            return front_desk.notify_once(case, case.version, receives, points) if points else None
        case Word.NOT_ACCEPTED:
            return front_desk.refuse(case, case.version, receives, reason)
        case Word.APPROVED | Word.NOT_APPROVED:
            return _concluded(case, Conclusion.AGREED if word is Word.APPROVED else Conclusion.NOT_AGREED, reason)


def _concluded(case: Case, conclusion: Conclusion, reason: str) -> Outcome | None:
    """Walk the rest of the route in one transaction: every step that is open is taken and ended, until the case is."""
    receives, decides, outcome = _clerk(_RECEIVES), _clerk(_DECIDES), None
    with transaction.atomic():
        locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        for _ in range(200):
            step = _open_step(standing_of(locked))
            if step is None:
                break
            name, is_deciding = step
            who = decides if is_deciding else receives
            said = conclusion if is_deciding else Conclusion.AGREED
            for action in (Claim(who.pk, name, lease_over=True), Conclude(who.pk, name, said, reason)):
                outcome = carry_out_locked(locked, action)
                if not isinstance(outcome, Carried):
                    transaction.set_rollback(True)
                    return outcome
    return outcome


def _open_step(standing: Standing) -> tuple[str, bool] | None:
    if standing.state not in UNDER_WAY:
        return None
    return next(((step.id, step.decides) for step in standing.route.steps if is_active(standing.steps[step.id])), None)


def _is_done_already(case: Case, word: Word) -> bool:
    """Whether a change was carried out before the cursor could be kept."""
    after: dict[Word, frozenset[State]] = {
        Word.ACCEPTED: UNDER_WAY | {State.CLOSED, State.NOT_APPROVED},
        Word.TO_CORRECT: frozenset({State.TO_CORRECT}),
        Word.NOT_ACCEPTED: frozenset({State.NOT_ACCEPTED}),
        Word.APPROVED: frozenset({State.CLOSED}),
        Word.NOT_APPROVED: frozenset({State.NOT_APPROVED}),
    }
    return case.state in after[word]


def _points(content: Content, told: tuple[PlatformPoint, ...], reason: str) -> Iterator[Point]:
    names = dict(material_names(content, Language.ZH))
    for point in told:
        known = point.material in names
        name = names.get(point.material, "填写的内容")
        yield Point(point.material if known else "", name, point.cause or reason, point.remedy or "请补齐后再交。")
    if not told and reason:
        yield Point("", "填写的内容", reason, "请补齐后再交。")


def _handover(case: Case, leaf: Case, content: Content) -> Handover:
    """Make what is handed over: `leaf` is the case itself, or what was brought later for it."""
    applicant = content.application.applicant
    known = {} if applicant is None else {name: getattr(applicant, name) for name in applicant.__struct_fields__}
    pictures = []
    for paper in papers(content, Language.ZH):
        clear = clear_photo(leaf, content, paper.place)
        if isinstance(clear, bytes):
            material = next(one.material for one in content.application.papers if one.attachment == paper.place)
            pictures.append(Picture(material, paper.name, paper.page, clear))
    return Handover(
        case_number=leaf.case_number,
        item=case.item,
        item_name=content.package.name.zh,
        received_at=leaf.received_at,
        applicant={name: str(value) for name, value in known.items() if value is not None},
        answers=tuple(Answer(*one) for one in plain_answers(content, Language.ZH)),
        pictures=tuple(pictures),
    )


def _opened(case: Case) -> Content | None:
    try:
        return content_of(case)
    except DamagedError:
        return None  # the clerk's page says so, and what to do


def _note(handed: HandedOver, trouble: Trouble, note: str, done: Turned) -> None:
    HandedOver.objects.filter(pk=handed.pk).update(trouble=trouble, note=note[:200])
    done.troubles += 1


def _clerk(who: tuple[str, str, str]) -> Clerk:
    username, number, name = who
    facts = {"staff_number": number, "full_name": name, "office": name, "is_active": False, "password": "!"}
    return Clerk.objects.get_or_create(username=username, defaults=facts)[0]
