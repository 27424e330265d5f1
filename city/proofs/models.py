"""Issued certificates: enough to check one, to print it again for its holder, and to take it back. Nobody's name or number in full."""

from typing import ClassVar

from django.db import models

from city.fleet.models import Terminal
from city.staff.models import Clerk, Line


class ProofState(models.TextChoices):
    """Whether a certificate holds."""

    VALID = "valid", "有效"
    REVOKED = "revoked", "已撤销"


class Proof(models.Model):
    """One certificate. `facts` are what it certifies, without the person; name and number come from whoever asks again."""

    proof_id = models.UUIDField(unique=True)  # the terminal's
    kind = models.CharField(max_length=32)
    name = models.CharField(max_length=60)  # of the kind, as it was issued
    number = models.CharField(max_length=24, unique=True)
    code = models.CharField(max_length=12, unique=True)
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="+")
    area = models.CharField(max_length=32, blank=True)
    person = models.CharField(max_length=64, db_index=True)  # see city.onewindow.people
    masked_name = models.CharField(max_length=60)
    masked_id_number = models.CharField(max_length=32)
    facts = models.JSONField()
    issued_at = models.DateTimeField(db_index=True)
    valid_until = models.DateField()
    printed = models.BooleanField(null=True)  # what the terminal said; None while it has said nothing
    state = models.CharField(max_length=10, choices=ProofState, default=ProofState.VALID)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return self.number


class ProofStep(models.TextChoices):
    """What happened to a certificate."""

    ISSUED = "issued", "签发"
    FETCHED = "fetched", "再次取用"
    PRINTED = "printed", "打出来了"
    NOT_PRINTED = "not_printed", "没有打出来"
    HANDED_OUT = "handed_out", "窗口打印"
    REVOKED = "revoked", "撤销"


class ProofLine(Line):
    """A line of a certificate's history; without a clerk it was the terminal."""

    proof = models.ForeignKey(Proof, on_delete=models.PROTECT, related_name="lines")
    step = models.CharField(max_length=12, choices=ProofStep)
    clerk = models.ForeignKey(Clerk, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.step} {self.proof_id}"
