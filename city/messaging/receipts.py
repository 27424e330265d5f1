"""What the SMS gateway says of messages that it took."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from city import here
from city.messaging.gateway import DeliveryReceipt, secret_of
from city.messaging.outbox import note_receipt
from city.utilities.provider import SIGNATURE, is_signature, signature
from sync.contract.decoding import UNDECODABLE

_MAX_BYTES = 4 * 1024


@csrf_exempt
@require_POST
def receipt(request: HttpRequest) -> HttpResponse:
    """Take the gateway's word; what is not signed with the shared secret is nothing."""
    body, secret = request.read(_MAX_BYTES + 1), secret_of(here.folder())
    if secret is None or len(body) > _MAX_BYTES:
        return HttpResponse(status=404)
    if not is_signature(request.headers.get(SIGNATURE, ""), signature(secret, "POST", request.path, body)):
        return HttpResponse(status=403)
    try:
        said = msgspec.json.decode(body, type=DeliveryReceipt)
    except UNDECODABLE:
        return HttpResponse(status=400)
    return HttpResponse(status=204 if note_receipt(said.message, is_delivered=said.state == "delivered") else 404)
