"""Items on their way to the terminals: a draft is written by one person, looked through by another, and signed as one version."""

from typing import ClassVar

from django.db import models

from city.staff.models import Clerk, Line, Office


class DraftState(models.TextChoices):
    """How far a version of an item is."""

    DRAFT = "draft", "草稿"
    IN_REVIEW = "in_review", "待审签"
    RETURNED = "returned", "退回起草"
    PUBLISHED = "published", "已签发"
    DROPPED = "dropped", "已作废"


class DraftStep(models.TextChoices):
    """What happened to an item."""

    BEGUN = "begun", "起草"
    SENT = "sent", "送审"
    RETURNED = "returned", "退回起草"
    PUBLISHED = "published", "审过并签发"
    DROPPED = "dropped", "作废草稿"
    WITHDRAWN = "withdrawn", "撤回已签发的版本"
    HANDED_OVER = "handed_over", "换了主管科室"


class ItemHome(models.Model):
    """To whom an item belongs, whatever its version: the office that answers for it, and whose editors may write it."""

    code = models.CharField(max_length=64, unique=True)
    owner = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.code


class ItemDraft(models.Model):
    """One version of an item while it is written, and afterwards the record of who wrote and who signed it."""

    code = models.CharField(max_length=64)
    number = models.PositiveIntegerField()  # the package's version
    name = models.CharField(max_length=60, blank=True)
    source = models.JSONField()  # as people write it, see `sync.contract.written`
    state = models.CharField(max_length=10, choices=DraftState, default=DraftState.DRAFT, db_index=True)
    version = models.PositiveIntegerField(default=1)  # grows with every change, so that two people cannot overwrite each other
    writer = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(Clerk, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, blank=True)  # of what was signed
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=("code", "number"), condition=~models.Q(state=DraftState.DROPPED), name="one_draft_of_a_version"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DraftState.PUBLISHED) | models.Q(reviewer__isnull=False), name="no_item_without_review"
            ),
            models.CheckConstraint(condition=~models.Q(reviewer=models.F("writer")), name="nobody_reviews_their_own_item"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"


class ItemLine(Line):
    """A line of an item's history."""

    code = models.CharField(max_length=64, db_index=True)
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=12, choices=DraftStep)
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    comment = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.step} {self.code} {self.number}"


class RunState(models.TextChoices):
    """How far one line of a run is."""

    WAITING = "waiting", "等着签"
    DONE = "done", "办成"
    REFUSED = "refused", "没有改动"


class SigningRun(models.Model):
    """Several drafts that one person signs in one go."""

    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"run {self.pk}"


class RunLine(models.Model):
    """One of them, in the version that was ticked; `why` is a `life.Refusal`."""

    run = models.ForeignKey(SigningRun, on_delete=models.PROTECT, related_name="lines")
    draft = models.ForeignKey(ItemDraft, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    why = models.CharField(max_length=16, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("run", "draft"), name="one_line_of_a_draft"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("run",), condition=models.Q(state="waiting"), name="lines_to_sign"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.draft_id}"
