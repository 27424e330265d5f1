"""What the SMS gateway says of messages that it took."""

from city import here
from city.api.partner import told_by_partner
from city.appointments import reminders
from city.messaging.gateway import DeliveryReceipt, secret_of
from city.messaging.outbox import note_receipt
from city.refused import Refused
from sync.contract.problem import ProblemCode

_MAX_BYTES = 4 * 1024


def _secret() -> bytes | None:
    return secret_of(here.folder())


@told_by_partner(DeliveryReceipt, _MAX_BYTES, _secret)
def receipt(said: DeliveryReceipt) -> Refused | None:
    """Take the gateway's word; what is not signed with the shared secret is nothing."""
    note = reminders.note_receipt if said.message.startswith(reminders.PREFIX) else note_receipt
    is_known = note(said.message, is_delivered=said.state == "delivered")
    return None if is_known else Refused(ProblemCode.UNKNOWN, "no message of this name")
