"""The messages' outbox: written down in the transaction in which something happened, sent afterwards, tried again until it is known.

The resident's choice (怎么通知您) is an answer of the application; a text message goes out only where it names one. What it says is that
there is news, and where to look: no name, no item, no outcome.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from city import here
from city.messaging.gateway import Gateway, Outcome
from city.messaging.models import Message, MessageLine, MessageState
from city.onewindow.models import Event
from city.onewindow.papers import DamagedError, content_of
from city.onewindow.states import Kind
from city.staff.models import Clerk
from sync.contract.application import Application
from sync.contract.words import Words

NEWS = frozenset({Kind.TO_CORRECT, Kind.ACCEPTED, Kind.NOT_ACCEPTED, Kind.LAPSED, Kind.NOT_APPROVED, Kind.CLOSED})
"""What a resident should know."""
AGAIN_AFTER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""Between tries; after the last one a person tells."""
WAY, SMS, BY_PERSON, MOBILE = "notice_way", "sms", frozenset({"call", "visit"}), "mobile"

TEXT = Words(
    "您在社区办的事有新进展（{number}）。请到任一便民终端放身份证查看，或拨 {hotline}。",
    "There is news about your case {number}. Lay your ID card on any community terminal, or call {hotline}.",
    "신청하신 일({number})에 새 소식이 있습니다. 가까운 단말기에 신분증을 올려 보시거나 {hotline}로 전화하세요.",
)


@receiver(post_save, sender=Event, dispatch_uid="tell-residents")
def write_down(instance: Event, created: bool, **_facts: object) -> None:
    """Write down that there is something to tell; nothing is opened and nobody is asked while a clerk waits."""
    if created and instance.kind in NEWS and instance.case.item not in here.catalogue().elsewhere():
        Message.objects.create(case=instance.case, event=instance, next_at=here.now())


@dataclass(frozen=True, slots=True)
class Worked:
    """What one round did."""

    sent: int = 0
    to_print: int = 0
    not_wanted: int = 0
    again: int = 0


def work(gateway: Gateway | None, now: datetime, most: int = 500) -> Worked:
    """Send what is due, each in a transaction of its own; two rounds at once take different ones."""
    counts: dict[MessageState | None, int] = {}
    due = Message.objects.filter(state=MessageState.WAITING, next_at__lte=now).order_by("next_at", "pk").values_list("pk", flat=True)
    for pk in list(due[:most]):
        with transaction.atomic():
            message = Message.objects.select_for_update(skip_locked=True).filter(pk=pk, state=MessageState.WAITING).first()
            if message is not None:
                state = _work_one(message, gateway, now)
                counts[state] = counts.get(state, 0) + 1
    return Worked(
        counts.get(MessageState.SENT, 0), counts.get(MessageState.TO_PRINT, 0), counts.get(MessageState.NOT_WANTED, 0), counts.get(None, 0)
    )


def text_of(case_number: str, language: str) -> str:
    """Return what a message says."""
    said = {"en": TEXT.en, "ko": TEXT.ko}.get(language) or TEXT.zh
    return said.format(number=f"{case_number[4:8]}-{case_number[8:]}", hotline=here.own().hotline)


def ways_of(application: Application) -> frozenset[str]:
    """Return how this resident wants to be told; nothing where the item does not ask."""
    chosen = application.answers.get(WAY)
    return frozenset(str(one) for one in chosen) if isinstance(chosen, list | tuple) else frozenset()


def told(message: Message, seen_state: str, clerk: Clerk) -> bool:
    """Note that somebody printed the notice or called; once."""
    changed = Message.objects.filter(pk=message.pk, state=MessageState.TO_PRINT)
    if seen_state != MessageState.TO_PRINT or not changed.update(state=MessageState.TOLD, done_at=here.now(), told_by=clerk):
        return False
    MessageLine(message=message, outcome=MessageState.TOLD, clerk=clerk).save()
    return True


def note_receipt(name: str, *, is_delivered: bool) -> bool:
    """Note what a gateway says of a message that it took; False where there is none of this name.

    A gateway may say it twice, and late: only a message that is still on its way is moved, and one that will not arrive goes to a person.
    """
    key, _, event = name.partition("-")
    if not (key.isascii() and key.isdigit() and event.isascii() and event.isdigit()) or max(len(key), len(event)) > 18:
        return False
    with transaction.atomic():
        found = Message.objects.select_for_update().filter(pk=int(key), event_id=int(event)).first()
        if found is not None and found.state == MessageState.SENT:
            if is_delivered:
                _end(found, MessageState.DELIVERED, "delivered", here.now())
            else:
                _end(found, MessageState.TO_PRINT, "undelivered", here.now())
    return found is not None


def _work_one(message: Message, gateway: Gateway | None, now: datetime) -> MessageState | None:
    try:
        application = content_of(message.case).application
    except DamagedError:
        return _end(message, MessageState.TO_PRINT, "unreadable", now)
    ways, mobile = ways_of(application), application.answers.get(MOBILE)
    if SMS not in ways or not isinstance(mobile, str):
        return _end(message, MessageState.TO_PRINT if ways & BY_PERSON else MessageState.NOT_WANTED, "chosen", now)
    if gateway is None:
        return _end(message, MessageState.TO_PRINT, "no_gateway", now)
    outcome = gateway.send(f"{message.pk}-{message.event_id}", mobile, text_of(message.case.number_said, application.language))
    if outcome is Outcome.TAKEN:
        return _end(message, MessageState.SENT, outcome, now)
    if outcome is Outcome.REFUSED or message.attempts >= len(AGAIN_AFTER):
        return _end(message, MessageState.TO_PRINT, outcome, now)
    message.next_at, message.attempts = now + AGAIN_AFTER[message.attempts], message.attempts + 1
    message.save(update_fields=["next_at", "attempts"])
    MessageLine(message=message, outcome=outcome).save()
    return None


def _end(message: Message, state: MessageState, outcome: str, now: datetime) -> MessageState:
    message.state, message.done_at = state, None if state is MessageState.TO_PRINT else now
    message.save(update_fields=["state", "done_at"])
    MessageLine(message=message, outcome=str(outcome)).save()
    return state
