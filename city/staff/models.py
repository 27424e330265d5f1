"""The people behind the counter, and the record of what they looked at."""

from typing import ClassVar, NoReturn

from django.contrib.auth.models import AbstractUser
from django.db import models


class RecordError(TypeError):
    """A line of a record that only grows was about to be changed or taken away."""


class Line(models.Model):
    """A line of a record that only grows; a trigger in the database holds the same rule."""

    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def save(self, *_args: object, **_kwargs: object) -> None:
        """Write a new line, and nothing else."""
        if self.pk is not None:
            raise RecordError("a line of the record is never changed")
        super().save()

    def delete(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Refuse."""
        raise RecordError("a line of the record is never taken away")


class Clerk(AbstractUser):
    """Someone who signs in."""

    staff_number = models.CharField(max_length=16, unique=True)
    full_name = models.CharField(max_length=60)
    office = models.CharField(max_length=60)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["staff_number", "full_name", "office"]

    def __str__(self) -> str:
        return f"{self.full_name} {self.staff_number}"


class SignInFailure(models.Model):
    """A sign-in that did not succeed; old ones are dropped."""

    username = models.CharField(max_length=150, db_index=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.username} {self.at}"


class Looked(models.TextChoices):
    """What was looked at."""

    CASE = "case", "办件"
    FIELD = "field", "遮盖内容"
    PAPER = "paper", "材料影像"
    SIGNATURE = "signature", "签名"


class Reason(models.TextChoices):
    """Why a masked value was uncovered."""

    COMPARE = "compare", "与纸质材料核对"
    CALL_BACK = "call_back", "电话回访，需确认本人"
    REGISTER = "register", "向业务系统查询或登记"
    OTHER = "other", "其他（须写明，至少 8 个字）"


class AuditLine(Line):
    """Somebody looked at personal data. The value itself is never written here."""

    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    looked_at = models.CharField(max_length=16, choices=Looked)
    case_number = models.CharField(max_length=36, db_index=True)
    field = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.looked_at} {self.case_number} {self.field}"
