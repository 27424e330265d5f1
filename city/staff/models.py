"""The people behind the counter, and the record of what they looked at."""

from functools import cached_property
from typing import ClassVar, NoReturn

from django.contrib.auth.models import AbstractUser
from django.db import models

from city.staff.roles import HOLDERS, Right, Role


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

    @cached_property
    def standing(self) -> tuple["Posting", ...]:
        """Where this person is posted, read once for a request."""
        return tuple(self.postings.select_related("office"))

    def may(self, right: Right) -> bool:
        """Tell whether one of the postings gives `right`."""
        return any(posting.role in HOLDERS[right] for posting in self.standing)

    def areas(self, right: Right) -> tuple[str, ...]:
        """Return the area codes in which this person holds `right`; an empty code is the whole city."""
        return tuple(posting.area for posting in self.standing if posting.role in HOLDERS[right])

    def offices(self, right: Right) -> tuple[int, ...]:
        """Return the offices in which this person holds `right`."""
        return tuple(posting.office_id for posting in self.standing if posting.role in HOLDERS[right] and posting.office_id is not None)


class Office(models.Model):
    """An office: a front desk, or one of those behind it that divide the work."""

    code = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=64, db_index=True)  # what the steps of a route name
    name = models.CharField(max_length=60)
    area = models.CharField(max_length=32, blank=True)  # the area that it serves; none is the whole city

    def __str__(self) -> str:
        return self.name


class Posting(models.Model):
    """Somebody works as something, in an office and for an area. No area means the whole city."""

    clerk = models.ForeignKey(Clerk, on_delete=models.CASCADE, related_name="postings")
    role = models.CharField(max_length=16, choices=Role)
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="postings")
    area = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("clerk", "role", "office", "area"), name="one_posting_of_a_kind", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.clerk_id}"


class SecondFactor(models.Model):
    """What the six digits of somebody's telephone are made from, sealed with a key of the data directory."""

    clerk = models.OneToOneField(Clerk, on_delete=models.CASCADE, primary_key=True, related_name="second_factor")
    sealed_secret = models.BinaryField()
    bound_at = models.DateTimeField(auto_now_add=True)
    last_step = models.BigIntegerField(default=0)  # of the last code that was taken: none is taken twice

    def __str__(self) -> str:
        return f"second factor {self.clerk_id}"


class OidcIdentity(models.Model):
    """Somebody signs in at the city's identity provider: the provider's name for them, which never changes, unlike their user name."""

    clerk = models.OneToOneField(Clerk, on_delete=models.CASCADE, primary_key=True, related_name="oidc_identity")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("issuer", "subject"), name="one_person_of_a_subject"),
        ]

    def __str__(self) -> str:
        return f"identity {self.clerk_id}"


class Invitation(models.Model):
    """A link by which somebody chooses their password, once. Only its digest is kept, so that no copy of the database opens a door."""

    clerk = models.OneToOneField(Clerk, on_delete=models.CASCADE, primary_key=True, related_name="invitation")
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the link's secret, hexadecimal
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"invitation {self.clerk_id}"


class StaffStep(models.TextChoices):
    """What was done with somebody's account."""

    ADDED = "added", "新建账号"
    CHANGED = "changed", "改了资料"
    POSTED = "posted", "给了岗位"
    UNPOSTED = "unposted", "收回岗位"
    INVITED = "invited", "发了设置链接"
    SET_UP = "set_up", "本人设了密码"
    UNBOUND = "unbound", "解除手机绑定"
    BOUND = "bound", "绑定了手机"
    LOCKED = "locked", "锁定"
    UNLOCKED = "unlocked", "解锁"
    FROM_PROVIDER = "from_provider", "按统一身份改了岗位"


class StaffLine(Line):
    """A line of an account's history: what was done, by whom, and who stood by."""

    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="lines")
    step = models.CharField(max_length=16, choices=StaffStep)
    by = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    witness = models.ForeignKey(Clerk, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.step} {self.clerk_id}"


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
    PERSON = "person", "人员档案"
    PLACE = "place", "房屋档案"
    EVENT = "event", "网格事件"
    ORDER = "order", "服务订单"
    STEP = "step", "办理步骤"
    TIME = "time", "时间银行账户"
    EXPORT = "export", "导出"


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
    subject = models.CharField(max_length=36, db_index=True)  # such as a case's number
    field = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.looked_at} {self.subject} {self.field}"
