"""Messages that wait, and what became of each. No telephone number is here: it is read from the application when one goes out."""

from typing import ClassVar

from django.db import models

from city.onewindow.models import Case, Event
from city.staff.models import Clerk, Line


class MessageState(models.TextChoices):
    """How far a message is."""

    WAITING = "waiting", "待发"
    SENT = "sent", "已交短信平台"
    DELIVERED = "delivered", "已到居民手机"
    TO_PRINT = "to_print", "待打印或电话"
    TOLD = "told", "已打印或电话告知"
    NOT_WANTED = "not_wanted", "居民选择自己查"


class Message(models.Model):
    """One thing that a resident should know, once; its `event` says what happened."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=MessageState, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    made_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey(Clerk, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("state", "next_at"), name="messages_that_are_due")]

    def __str__(self) -> str:
        return f"message {self.pk} {self.state}"


class MessageLine(Line):
    """What was done about a message: the record only grows."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="lines")
    outcome = models.CharField(max_length=20)  # an `Outcome`, or a state that a person set
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.message_id} {self.outcome}"
