"""Payments, and what the providers' settlements say of them."""

from typing import ClassVar

from django.db import models

from city.fleet.models import Terminal
from city.staff.models import Line


class KnownState(models.TextChoices):
    """What is known of a payment; the contract's words that a row may have."""

    STARTING = "starting", "未确认"
    AWAITING = "awaiting", "待付"
    CLOSING = "closing", "撤单中"
    PAID = "paid", "已付"
    CLOSED = "closed", "已撤"


class PaymentRow(models.Model):
    """One payment of one bill. The constraint is what keeps a bill from being charged twice."""

    payment_id = models.UUIDField(unique=True)  # the terminal's; also the order number at the provider
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="+")
    utility = models.CharField(max_length=32)
    bill = models.CharField(max_length=64)
    account_end = models.CharField(max_length=4)
    amount_fen = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=KnownState, default=KnownState.STARTING)
    code = models.CharField(max_length=512, blank=True)
    proof = models.CharField(max_length=16, unique=True)  # the code of its receipt, which follows from the payment's id
    account = models.CharField(max_length=64, blank=True)  # a keyed digest, see `paid`
    provider = models.CharField(max_length=60, blank=True)  # its name at the time, for the proof
    period = models.CharField(max_length=40, blank=True)
    number = models.CharField(max_length=64, blank=True)
    began_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=("utility", "bill"), condition=~models.Q(state=KnownState.CLOSED), name="one_payment_that_holds_a_bill"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("utility", "began_at"), name="payments_by_day"),
            models.Index(fields=("account", "paid_at"), name="payments_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.utility} {self.payment_id}"


class PaymentLine(Line):
    """What the provider said of a payment, and when."""

    payment = models.ForeignKey(PaymentRow, on_delete=models.PROTECT, related_name="lines")
    word = models.CharField(max_length=10)
    source = models.CharField(max_length=10)  # answer, callback, settlement
    state = models.CharField(max_length=10, choices=KnownState)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.word} {self.payment_id}"
