"""A department's own system, the events that wait for it, and what it fetched."""

from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import models

from city import here
from city.onewindow.states import Kind
from city.staff.models import Clerk, Line, Office


class Partner(models.Model):
    """One system of a department. `code` is the key id with which it signs its requests."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    owner = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")  # the office that answers for it
    public_key = models.BinaryField(max_length=32)  # Ed25519, raw
    url = models.CharField(max_length=300, blank=True)  # where events are pushed; without it they are only fetched
    authority = models.TextField(max_length=8000, blank=True)  # PEM of the authority of its TLS certificate, where it is no public one
    items = models.JSONField(default=list, blank=True)  # codes; none means every item of the front desk
    offices = models.ManyToManyField(Office, blank=True, related_name="+")  # cases with a step there; none means all
    may_read = models.BooleanField(default=False)  # what the applicant wrote, of cases within its reach
    is_on = models.BooleanField(default=True)
    valid_until = models.DateField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.code

    @property
    def key(self) -> Ed25519PublicKey:
        """With which its requests are verified."""
        return Ed25519PublicKey.from_public_bytes(bytes(self.public_key))

    @property
    def is_admitted(self) -> bool:
        """Whether it gets anything today."""
        return self.is_on and self.valid_until >= here.today()


class DeliveryState(models.TextChoices):
    """How far the delivery of an event is."""

    WAITING = "waiting", "待推送"
    DELIVERED = "delivered", "已送达"
    DEAD = "dead", "推送失败"
    KEPT = "kept", "只供拉取"


class Trouble(models.TextChoices):
    """Why an attempt failed."""

    NO_ANSWER = "no_answer", "连不上或没有回答"
    TLS = "tls", "对方证书不对"
    REFUSED = "refused", "对方拒收"
    REDIRECT = "redirect", "对方转到别处"


class Delivery(models.Model):
    """One event for one system, written in the transaction in which it happened. The body names ids and no person."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="deliveries")
    event_id = models.UUIDField()
    case_number = models.CharField(max_length=36, db_index=True)
    body = models.JSONField()  # a `wire.EventNote`
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=DeliveryState)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    answered = models.PositiveSmallIntegerField(null=True, blank=True)  # the last status
    trouble = models.CharField(max_length=10, choices=Trouble, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("partner", "event_id"), name="one_delivery_of_an_event"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("next_at",), condition=models.Q(state="waiting"), name="deliveries_due"),
            models.Index(fields=("partner", "state", "id"), name="deliveries_of_a_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.partner_id}"

    @property
    def what(self) -> str:
        """What happened, as clerks say it."""
        kind = self.body.get("kind")
        return Kind(kind).label if kind in Kind.values else str(kind)


class Fetched(models.TextChoices):
    """What a system fetched of a case."""

    STATE = "state", "办理状态"
    CONTENT = "content", "申请内容"


class PartnerLook(Line):
    """A system fetched a case. Never says what stood in it."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="looks")
    case_number = models.CharField(max_length=36, db_index=True)
    fetched = models.CharField(max_length=10, choices=Fetched)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.fetched} {self.case_number}"


class PartnerStep(models.TextChoices):
    """What people did with a system's entry."""

    ADDED = "added", "接入"
    CHANGED = "changed", "修改"
    REPLAYED = "replayed", "重新推送"
    TRIED = "tried", "试推"


class PartnerLine(Line):
    """A line of an entry's history."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="lines")
    step = models.CharField(max_length=10, choices=PartnerStep)
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.step} {self.partner_id}"
