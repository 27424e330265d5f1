"""What is done with a grid event, by whom: each step in one transaction that locks the event and writes its line."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.db.models import Q, QuerySet
from PIL import Image, UnidentifiedImageError

from city import here
from city.grid.life import OVER, WAYS, EventKind, EventLevel, EventState, EventStep, Refusal, due_at, level_of
from city.grid.models import EventLine, EventPhoto, GridEvent
from city.onewindow.actions import Accept, Claim, Conclude, Refuse
from city.onewindow.arrivals import arrives_at
from city.onewindow.content import Content
from city.onewindow.models import Case
from city.onewindow.standing import NotNow
from city.onewindow.states import Conclusion, State
from city.onewindow.work import carry_out_locked
from city.staff.models import Clerk
from city.staff.roles import Right
from sync.contract.item import Door
from sync.contract.places import NEAR, Place, read_place

SAME_WITHIN: Final = timedelta(hours=48)
"""Reports of one kind, near each other and within this, are probably about one thing."""

PHOTO_MAX_BYTES: Final = 8 * 1024 * 1024
PHOTO_SIDE: Final = 1600
WORDS_LEAST: Final = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants done: in which version it was seen, and what the step needs."""

    step: EventStep
    seen: int
    clerk: Clerk
    words: str = ""
    handler: Clerk | None = None
    same_as: GridEvent | None = None
    jpeg: bytes | None = None


@arrives_at(Door.GRID)
def report(case: Case, content: Content) -> None:
    """Make an event of what was handed in at a terminal. Kind, place and what makes it urgent are kept in clear, nothing else is."""
    answers = content.application.answers
    place = read_place(answers.get("place"))
    if place is None:  # the schema of the item demands one; another item may not
        place = Place(case.area, (0, 0))
    enter(case.area if not place.grid.startswith(case.area) else place.grid, place, str(answers.get("kind", "")), answers, case=case)


def enter(
    area: str, place: Place, kind: str, answers: dict[str, Any], *, case: Case | None = None, by: Clerk | None = None, words: str = ""
) -> GridEvent:
    """Enter an event; it waits to be dispatched."""
    now, level = here.now(), level_of(kind, answers)
    with transaction.atomic():
        event = GridEvent.objects.create(
            number=str(uuid4()),  # until the row's own place is known, a few lines below
            case=case,
            area=area[:32],
            x=place.at[0],
            y=place.at[1],
            kind=kind[:24],
            level=level,
            words=words[:200],
            reporter=by,
            reported_at=now,
            due_at=due_at(level, EventState.REPORTED, now),
        )
        event.number = f"E{here.day_of(now):%m%d}-{event.pk:05d}"
        event.save(update_fields=["number"])
        EventLine(event=event, step=EventStep.REPORT, clerk=by, words=words[:200]).save()
    return event


def do(event: GridEvent, asked: Asked) -> Refusal | None:
    """Take one step, or say why not; then nothing is changed."""
    way = WAYS.get(asked.step)
    if way is None or (not way.by_handler and not asked.clerk.may(Right.DISPATCH_EVENTS)):
        return Refusal.NOT_YOURS
    if way.with_words and len(asked.words) < WORDS_LEAST:
        return Refusal.NO_WORDS
    if asked.step is EventStep.DISPATCH and asked.handler is None:
        return Refusal.NO_HANDLER
    if asked.step is EventStep.DUPLICATE and (asked.same_as is None or asked.same_as.pk == event.pk):
        return Refusal.NO_OTHER
    with transaction.atomic():
        locked = GridEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
        if locked.version != asked.seen or locked.state not in way.before:
            return Refusal.OVERTAKEN
        if (way.by_handler and locked.handler_id != asked.clerk.pk) or (
            asked.step is EventStep.CLOSE and locked.handler_id == asked.clerk.pk
        ):
            return Refusal.NOT_YOURS
        _write(locked, asked, way.after)
    return None


def _write(event: GridEvent, asked: Asked, state: EventState) -> None:
    now = here.now()
    event.state, event.version = state, event.version + 1
    event.due_at = due_at(EventLevel(event.level), state, event.reported_at)
    event.over_at = now if state in OVER else None
    if asked.step is EventStep.DISPATCH:
        event.handler = asked.handler
    if asked.step is EventStep.DUPLICATE:
        event.same_as = asked.same_as
    event.save()
    words = asked.words
    if asked.step is EventStep.DISPATCH and asked.handler is not None:
        words = f"→ {asked.handler.full_name} {words}".strip()
    EventLine(event=event, step=asked.step, clerk=asked.clerk, words=words[:200]).save()
    if asked.jpeg is not None:
        EventPhoto.objects.create(event=event, jpeg=asked.jpeg)
    if event.case_id is not None:
        _bring_along(event.case_id, event, asked)


def _bring_along(case_id: int, event: GridEvent, asked: Asked) -> None:
    """Let the case say the same, so that the slip shows the progress. One whose photos are still on their way catches up later."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    who, state = asked.clerk.pk, EventState(event.state)
    if case.state == State.RECEIVED and state in (EventState.UNTRUE, EventState.PASSED_ON, EventState.DUPLICATE):
        carry_out_locked(case, Refuse(who, asked.words or EventState(state).label))
        return
    if case.state == State.RECEIVED and state is not EventState.REPORTED:
        carry_out_locked(case, Accept(who))
    if case.state == State.ACCEPTED and state in OVER:
        conclude(case, (who, event.handler_id), asked.words or EventState(state).label)


def conclude(case: Case, people: Iterable[int | None], words: str) -> None:
    """End the one step of a case, by the first of these people who did not accept it: nobody decides what they accepted themselves."""
    step = case.steps.values_list("step", flat=True).first()
    for who in people:
        if who is None or step is None or isinstance(carry_out_locked(case, Claim(who, step, lease_over=True)), NotNow):
            continue
        if not isinstance(carry_out_locked(case, Conclude(who, step, Conclusion.AGREED, words)), NotNow):
            return


def same_place(event: GridEvent) -> QuerySet[GridEvent]:
    """Return what is probably about the same thing."""
    near = Q(x__range=(event.x - NEAR, event.x + NEAR), y__range=(event.y - NEAR, event.y + NEAR))
    around = event.reported_at - SAME_WITHIN, event.reported_at + SAME_WITHIN
    found = GridEvent.objects.filter(near, area=event.area, kind=event.kind, reported_at__range=around)
    return found.exclude(pk=event.pk).exclude(state__in=OVER)


def redrawn(upload: bytes) -> bytes | None:
    """Return an uploaded picture drawn anew as a JPEG without whatever else its file carried, or None where it is no picture."""
    if not 0 < len(upload) <= PHOTO_MAX_BYTES:
        return None
    try:
        with Image.open(io.BytesIO(upload), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > 64_000_000:
                return None
            picture = image.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=82)
    return file.getvalue()


def kind_name(kind: str) -> str:
    """Return a kind in words; one that only an item knows, by its own name."""
    return str(EventKind(kind).label) if kind in EventKind.values else kind
