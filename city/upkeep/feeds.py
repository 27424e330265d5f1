"""The feed of technicians, with the secret of the terminal's one-time codes."""

import base64
from datetime import timedelta
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from city.api.feeds import Supply, supplies
from city.fleet.models import Terminal
from city.upkeep.models import StaffCard
from sync.contract.technicians import TECHNICIANS, Technicians

BELIEVED_FOR: Final = timedelta(days=30)
"""How long a terminal without a line still lets in somebody who was withdrawn meanwhile: a month's repair must not lock everybody out."""


@supplies(TECHNICIANS)
def technicians(terminal: Terminal) -> Supply[Technicians]:
    """Return everybody who may open any terminal, and this one's secret."""
    cards = StaffCard.objects.filter(withdrawn_at=None).order_by("number")
    return Supply(Technicians(tuple(card.technician() for card in cards), one_time_secret(terminal.id)), valid_for=BELIEVED_FOR)


def one_time_secret(terminal: str) -> str:
    """Return the secret of a terminal's one-time codes, derived, so that none is stored."""
    made = HKDF(hashes.SHA256(), 20, None, b"bianmin one-time code " + terminal.encode()).derive(str(settings.SECRET_KEY).encode())
    return base64.b32encode(made).decode()
