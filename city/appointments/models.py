"""Windows and booked times. Of a person a booking holds a keyed digest, and a masked name or a masked number."""

import uuid
from typing import ClassVar

from django.db import models

from city.fleet.models import Terminal
from city.staff.models import Clerk, Line


class WindowRow(models.Model):
    """A window that takes appointments. `written` is a `written.WrittenWindow`, as its office wrote it."""

    key = models.CharField(max_length=40, unique=True)
    area = models.CharField(max_length=32, blank=True, db_index=True)
    name = models.CharField(max_length=60)
    written = models.JSONField()
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["key"]

    def __str__(self) -> str:
        return self.name


class BookingState(models.TextChoices):
    """How far a booked time is."""

    BOOKED = "booked", "已预约"
    ARRIVED = "arrived", "已到"
    CALLED = "called", "已叫号"
    SERVED = "served", "已办"
    NO_SHOW = "no_show", "没来"
    GIVEN_BACK = "given_back", "已取消"


STANDING = (BookingState.BOOKED, BookingState.ARRIVED, BookingState.CALLED)
"""It holds a place, and its person may not have another for the same matter."""

HOLDING = (*STANDING, BookingState.SERVED, BookingState.NO_SHOW)
"""It has taken a place of its time."""


class Booking(models.Model):
    """One booked time. Its number counts within a window's day; the constraints keep two people from one number, and one from two times."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    window = models.ForeignKey(WindowRow, on_delete=models.PROTECT, related_name="bookings")
    area = models.CharField(max_length=32, blank=True, db_index=True)
    matter = models.CharField(max_length=64)
    matter_name = models.CharField(max_length=60)
    day = models.DateField()
    begins = models.TimeField()
    ends = models.TimeField()
    place = models.PositiveSmallIntegerField()  # among the window's numbers of the day, from 1
    call = models.CharField(max_length=8)
    person = models.CharField(max_length=64, db_index=True)  # see claims
    slip_key = models.CharField(max_length=64, blank=True, default="", db_index=True)  # of whoever booked without a card; see claims
    masked_name = models.CharField(max_length=60, blank=True)
    terminal = models.ForeignKey(Terminal, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=BookingState, default=BookingState.BOOKED)
    version = models.PositiveIntegerField(default=1)
    booked_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["day", "begins", "place"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("window", "day", "place"), name="one_number_of_a_windows_day"),
            models.UniqueConstraint(
                fields=("person", "matter"), condition=models.Q(state__in=["booked", "arrived", "called"]), name="one_time_for_a_matter"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("window", "day", "begins"), name="bookings_of_a_day")]

    def __str__(self) -> str:
        return f"{self.call} {self.day}"


class BookingStep(models.TextChoices):
    """What happened to a booked time."""

    BOOKED = "booked", "预约"
    ARRIVE = "arrive", "到了"
    CALL = "call", "叫号"
    SERVE = "serve", "办完了"
    NO_SHOW = "no_show", "没来"
    GIVE_BACK = "give_back", "取消"
    LAPSED = "lapsed", "过了时间，没有到"


class BookingLine(Line):
    """A line of a booking's history; without a clerk it was the resident, or the clock."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="lines")
    step = models.CharField(max_length=12, choices=BookingStep)
    clerk = models.ForeignKey(Clerk, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.step} {self.booking_id}"


class ReminderState(models.TextChoices):
    """How far a reminder is."""

    WAITING = "waiting", "待提醒"
    SENT = "sent", "已交短信平台"
    DELIVERED = "delivered", "已到居民手机"
    NOT_ARRIVED = "not_arrived", "没有到居民手机"
    NOT_SENT = "not_sent", "没有发出"
    DROPPED = "dropped", "预约已取消"


class Reminder(models.Model):
    """That somebody is reminded of a time on the day before. `sealed` is their number, until it has gone out or need not."""

    booking = models.OneToOneField(Booking, on_delete=models.CASCADE, related_name="reminder")
    sealed = models.BinaryField()
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=12, choices=ReminderState, default=ReminderState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("state", "next_at"), name="reminders_that_are_due")]

    def __str__(self) -> str:
        return f"reminder {self.pk} {self.state}"
