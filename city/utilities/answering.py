"""What terminals are sent and told of bills, and the providers' callbacks."""

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from city import here
from city.api.feeds import Supply, supplies
from city.api.questions import answers
from city.fleet.models import Terminal
from city.refused import Refused
from city.utilities import payments
from city.utilities.models import PaymentRow
from city.utilities.provider import SIGNATURE, Notified, is_signature, signature
from city.utilities.register import provider_of, registered
from sync.contract.bills import BILL, PAY, PAYMENT, UTILITIES, Bill, BillQuestion, PaymentAnswer, PaymentQuestion, PayQuestion, Utilities
from sync.contract.decoding import UNDECODABLE
from sync.contract.names import is_uuid
from sync.contract.problem import ProblemCode

_CALLBACK_MAX_BYTES = 16 * 1024


@supplies(UTILITIES)
def utilities(_terminal: Terminal) -> Supply[Utilities]:
    """Return the providers of this city."""
    return Supply(Utilities(tuple(one.utility for one in registered(here.folder()))))


@answers(BILL)
def bill(_terminal: Terminal, question: BillQuestion) -> Bill | Refused:
    """Tell what is owed."""
    if not question.account.isascii() or not question.account.isdigit() or len(question.account) > 30:
        return Refused(ProblemCode.MALFORMED, "an account has digits alone")
    return payments.bill_of(question.utility, question.account)


@answers(PAY)
def pay(terminal: Terminal, question: PayQuestion) -> PaymentAnswer | Refused:
    """Begin a payment; asked again it is the same one, so nothing has to be kept beside the payment itself."""
    if not is_uuid(question.payment) or not question.account.isdigit() or question.amount_fen <= 0:
        return Refused(ProblemCode.MALFORMED, "not a payment")
    return payments.pay(terminal, question)


@answers(PAYMENT)
def payment(terminal: Terminal, question: PaymentQuestion) -> PaymentAnswer | Refused:
    """Tell how a payment stands."""
    if not is_uuid(question.payment):
        return Refused(ProblemCode.MALFORMED, "not a payment")
    return payments.look(terminal, question.payment, give_up=question.give_up)


@csrf_exempt
@require_POST
def callback(request: HttpRequest, utility: str) -> HttpResponse:
    """Take a provider's word that something was paid; what is not signed with its secret is nothing."""
    body = request.read(_CALLBACK_MAX_BYTES + 1)
    provider = provider_of(here.folder(), utility)
    if provider is None or len(body) > _CALLBACK_MAX_BYTES:
        return HttpResponse(status=404)
    expected = signature(provider.secret, "POST", request.path, body)
    if not is_signature(request.headers.get(SIGNATURE, ""), expected):
        return HttpResponse(status=403)
    try:
        notified = msgspec.json.decode(body, type=Notified)
    except UNDECODABLE:
        return HttpResponse(status=400)
    row = PaymentRow.objects.filter(payment_id=notified.payment, utility=utility).first() if is_uuid(notified.payment) else None
    if row is None:
        return HttpResponse(status=404)
    payments.learn(row, notified.told, "callback")
    return HttpResponse(status=204)
