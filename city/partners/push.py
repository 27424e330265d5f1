"""Pushing events: signed as terminals sign their requests (RFC 9421), over TLS to the address of the entry and nowhere else.

An event is taken with a lease, sent outside of any transaction, and settled by the answer. What fails is tried again with growing pauses;
after the last one it lies on the page of failures until somebody has it sent again. Nobody waits behind somebody else's failing system.
"""

import http.client
import random
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.db.models import F

from city import here
from city.partners.models import Delivery, DeliveryState, Partner, Trouble
from city.partners.wire import EVENT_HEADER, KEY_ID
from sync.contract.http_signature import RequestKey, sign_request
from sync.contract.names import TerminalId
from sync.contract.routes import JSON_TYPE

PATIENCE_S: Final = 10.0
LEASE: Final = timedelta(seconds=60)
PAUSES: Final = tuple(timedelta(minutes=one) for one in (0.5, 2, 10, 30, 120, 360, 720, 1440))
"""After the first failure, the second, …: nearly two days in all."""

_ANSWER_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: a status, or why there is none."""

    status: int | None = None
    trouble: Trouble | None = None

    @property
    def is_good(self) -> bool:
        """Whether the other side has it."""
        return self.trouble is None


@dataclass(slots=True)
class Pushed:
    """What one round did."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was due."""
        return not (self.delivered or self.failed or self.dead)


Send = Callable[[Partner, str, bytes], Answered]


def push_due(send: Send | None = None, most: int = 1000, is_over: Callable[[], bool] = bool) -> Pushed:
    """Send what is due, one after the other; several processes may do so side by side."""
    done = Pushed()
    for _ in range(most):
        taken = None if is_over() else _take()
        if taken is None:
            break
        body = msgspec.json.encode(taken.body)
        _settle(taken, (send or deliver)(taken.partner, str(taken.event_id), body), done)
    return done


def replay(partner: Partner, since: datetime | None = None, only: int | None = None) -> int:
    """Have events sent again: the failed ones, one of them, or everything since a moment. Their ids stay the same."""
    found = Delivery.objects.filter(partner=partner)
    found = found.filter(pk=only) if only is not None else found.filter(at__gte=since) if since else found.filter(state=DeliveryState.DEAD)
    fresh = {"state": DeliveryState.WAITING, "attempts": 0, "next_at": here.now(), "trouble": "", "answered": None}
    return found.update(**fresh) if partner.url else 0


def deliver(partner: Partner, event_id: str, body: bytes) -> Answered:
    """POST one event."""
    parts = urlsplit(partner.url)
    headers = {"Content-Type": JSON_TYPE, EVENT_HEADER: event_id, "User-Agent": "bianmin-city"}
    signed = sign_request("POST", partner.url, headers, body, RequestKey(TerminalId(KEY_ID), _key()))
    path = parts.path or "/"
    try:
        context = ssl.create_default_context(cadata=partner.authority or None)
        line = http.client.HTTPSConnection(parts.hostname or "", parts.port or 443, timeout=PATIENCE_S, context=context)
        try:
            line.request("POST", f"{path}?{parts.query}" if parts.query else path, body, signed)
            answer = line.getresponse()
            answer.read(_ANSWER_MOST_BYTES)
        finally:
            line.close()
    except ssl.SSLError:
        return Answered(trouble=Trouble.TLS)
    except (TimeoutError, OSError, http.client.HTTPException, ValueError):
        return Answered(trouble=Trouble.NO_ANSWER)
    if 200 <= answer.status < 300:
        return Answered(answer.status)
    return Answered(answer.status, Trouble.REDIRECT if 300 <= answer.status < 400 else Trouble.REFUSED)


def _take() -> Delivery | None:
    now = here.now()
    with transaction.atomic():
        due = Delivery.objects.filter(
            state=DeliveryState.WAITING, next_at__lte=now, partner__is_on=True, partner__valid_until__gte=here.today()
        )
        found = due.select_for_update(skip_locked=True, of=("self",)).select_related("partner").order_by("next_at", "pk").first()
        if found is not None:
            Delivery.objects.filter(pk=found.pk).update(next_at=now + LEASE, attempts=F("attempts") + 1)
            found.attempts += 1
    return found


def _settle(taken: Delivery, answered: Answered, done: Pushed) -> None:
    facts: dict[str, object] = {"answered": answered.status, "trouble": answered.trouble or ""}
    if answered.is_good:
        facts |= {"state": DeliveryState.DELIVERED, "delivered_at": here.now(), "next_at": None}
        done.delivered += 1
    elif taken.attempts > len(PAUSES):
        facts |= {"state": DeliveryState.DEAD, "next_at": None}
        done.dead += 1
    else:
        pause = PAUSES[taken.attempts - 1]
        facts |= {"next_at": here.now() + pause + pause * random.random() / 5}  # noqa: S311  only that not all come at once
        done.failed += 1
    Delivery.objects.filter(pk=taken.pk, state=DeliveryState.WAITING).update(**facts)


def _key() -> Ed25519PrivateKey:
    return here.keys().webhooks
