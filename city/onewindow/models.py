"""Applications as the city keeps them: sealed as they came, with what may be known without opening them.

Nothing here is personal but what is masked. The content is opened with the city's key when a clerk looks, and not stored in clear.
"""

import uuid
from typing import ClassVar

from django.db import models

from city.fleet.models import Terminal
from city.onewindow.states import AT_WORK, DIFFERENCES, OPEN, OVER, PLAIN, UNDER_WAY, DocumentKind, Kind, PlainState, State, StepState
from city.staff.models import Clerk, Line, Office


class Case(models.Model):
    """One application of one terminal. `version` grows with every change, so that two clerks cannot overwrite each other."""

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="cases")
    application_id = models.UUIDField()
    number = models.CharField(max_length=8, db_index=True)
    case_number = models.CharField(max_length=36, unique=True)
    install = models.CharField(max_length=64)
    sequence = models.PositiveBigIntegerField()
    item = models.CharField(max_length=64)
    item_version = models.PositiveIntegerField()
    route_version = models.PositiveIntegerField(null=True, blank=True)  # whose route it takes, once it was moved to another version's
    digest = models.CharField(max_length=64)
    person = models.CharField(max_length=64, blank=True, db_index=True)  # see city.onewindow.people
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    masked_name = models.CharField(max_length=60, blank=True)
    masked_id_number = models.CharField(max_length=32, blank=True)
    area = models.CharField(max_length=32, blank=True)  # the terminal's when it arrived
    papers_wanted = models.PositiveSmallIntegerField()
    offices = models.TextField(blank=True, default="")  # those of its steps, ",3,17,": said again here so that counts need not ask each

    state = models.PositiveSmallIntegerField(choices=State)
    version = models.PositiveIntegerField(default=1)
    sealed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    precheck_by = models.DateField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Clerk, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True, db_index=True)
    decide_by = models.DateField(null=True, blank=True)
    correct_by = models.DateField(null=True, blank=True)
    clock_stopped_on = models.DateField(null=True, blank=True)  # while the legal clock stands still
    closed_at = models.DateTimeField(null=True, blank=True)
    receipt = models.BinaryField()  # the signed statement, byte for byte, of the state as it is

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("terminal", "application_id"), name="one_case_per_application"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("state", "precheck_by", "id"), name="queue_by_deadline"),
            models.Index(fields=("terminal", "install", "sequence"), name="order_of_installs"),
            models.Index(fields=("state", "decide_by", "id"), name="cases_by_limit"),
            models.Index(fields=("item", "id"), name="cases_of_an_item"),
            models.Index(fields=("received_at",), include=("id", "terminal", "state", "accepted_at"), name="arrivals_of_terminals"),
            models.Index(fields=("clock_stopped_on",), condition=models.Q(clock_stopped_on__isnull=False), name="cases_that_stand"),
            models.Index(fields=("closed_at",), condition=models.Q(closed_at__isnull=False), name="cases_by_end"),
            models.Index(fields=("-decided_at", "-id"), condition=models.Q(state__in=sorted(OVER)), name="cases_over"),
            models.Index(fields=("-decided_at", "-id"), condition=models.Q(state__in=sorted(UNDER_WAY)), name="cases_under_way"),
            models.Index(
                fields=("decide_by", "id"), condition=models.Q(state__in=sorted(UNDER_WAY), clock_stopped_on=None), name="cases_late_first"
            ),
            models.Index(fields=("item", "id"), condition=models.Q(state__in=sorted(OPEN)), name="open_cases_of_an_item"),
            models.Index(  # all that the dashboard asks of a case, so that it reads no case
                fields=("item", "state"),
                include=("id", "area", "precheck_by", "decide_by", "clock_stopped_on", "offices"),
                condition=models.Q(state__in=sorted(AT_WORK), corrects=None),
                name="cases_at_work",
            ),
        ]

    def __str__(self) -> str:
        return self.case_number

    @property
    def route_taken(self) -> int:
        """The version of its item whose route it takes."""
        return self.item_version if self.route_version is None else self.route_version

    @property
    def plain_state(self) -> PlainState:
        """The word for it that residents see."""
        return PLAIN[State(self.state)]

    @property
    def number_said(self) -> str:
        """The case number that residents are told: a correction has that of the case which it completes."""
        return self.case_number if self.corrects is None else self.corrects.case_number

    @property
    def is_complete(self) -> bool:
        """Whether every photo is here."""
        return self.completed_at is not None

    @property
    def uuid(self) -> uuid.UUID:
        """The terminal's id of the application."""
        return uuid.UUID(str(self.application_id))


class SealedBody(models.Model):
    """The bytes of the PUT, kept as they came, apart from what the queue reads."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="sealed")
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"sealed {self.case_id}"


class Attachment(models.Model):
    """A sealed photo that belongs to a case; `stored_at` says that all of it is here."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments")
    place = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64, db_index=True)
    size_bytes = models.PositiveIntegerField()
    stored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("case", "place"), name="one_photo_per_place"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("size_bytes",), condition=models.Q(stored_at=None), name="photos_still_wanted"),
        ]

    def __str__(self) -> str:
        return f"photo {self.place} of {self.case_id}"


class Event(Line):
    """A line of a case's history."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    clerk = models.ForeignKey(Clerk, null=True, on_delete=models.PROTECT, related_name="+")
    detail = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("kind", "at"), condition=models.Q(kind__in=sorted(DIFFERENCES)), name="events_that_differ"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"


class Step(models.Model):
    """One office's part of a case, as its history says: what the offices' lists read. `version` grows with every change."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=64)  # its id in the route of the item's version
    place = models.PositiveSmallIntegerField()
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=StepState)
    version = models.PositiveIntegerField(default=1)
    round = models.PositiveSmallIntegerField(default=0)
    holder = models.ForeignKey(Clerk, null=True, blank=True, on_delete=models.PROTECT, related_name="steps_held")
    held_until = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("case", "step"), name="one_row_per_step"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("office", "state", "due_on", "id"), name="steps_of_an_office"),
            models.Index(fields=("holder", "state", "due_on"), name="steps_in_hand"),
            models.Index(fields=("due_on", "id"), condition=models.Q(state="ready"), name="steps_to_take"),
            models.Index(fields=("-done_at", "-id"), condition=models.Q(state="done"), name="steps_done"),
            models.Index(
                fields=("office", "due_on"),
                include=("id", "state", "case"),
                condition=models.Q(state__in=("ready", "claimed")),
                name="steps_of_offices_at_work",
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.step} of {self.case_id}"


class OnceOnlyNotice(models.Model):
    """Everything that is missing, said once (一次告知); there is no second one."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="notice")
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    correct_by = models.DateField()
    points = models.JSONField()  # [{"material": id or "", "name": …, "cause": …, "remedy": …}]

    def __str__(self) -> str:
        return f"notice {self.case_id}"


class Document(models.Model):
    """A paper that was issued: what stands on it never changes, and its code finds it again."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=16, choices=DocumentKind)
    code = models.CharField(max_length=12, unique=True)
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(auto_now_add=True)
    sheet = models.JSONField()  # a `documents.Sheet`

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("case", "kind"), name="one_document_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


class RatingRow(models.Model):
    """One rating of one case, with the signed receipt that the terminal got for it."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="rating")
    level = models.PositiveSmallIntegerField()
    rated_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    receipt = models.BinaryField()
    received_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"rating {self.case_id}"
