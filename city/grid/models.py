"""Areas, from the districts down to the grids of a community, and what happens in them.

A code is opaque: nothing is read out of it but that an area's code begins with the code of the area around it, which is how reach is
asked of the database. How long its parts are is a setting, because cities number differently.
"""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from city.grid.life import EventLevel, EventState, EventStep
from city.onewindow.models import Case
from city.staff.models import Clerk, Line


class Level(models.TextChoices):
    """The steps of the tree, from the outside in."""

    DISTRICT = "district", "区县"
    STREET = "street", "街道"
    COMMUNITY = "community", "社区"
    GRID = "grid", "网格"


_INSIDE = {Level.STREET: Level.DISTRICT, Level.COMMUNITY: Level.STREET, Level.GRID: Level.COMMUNITY}


class Area(models.Model):
    """One area; where a grid lies is drawn on its community's map."""

    code = models.CharField(max_length=32, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    level = models.CharField(max_length=12, choices=Level)
    name = models.CharField(max_length=60)
    households = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["code"]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"

    def clean(self) -> None:
        """Hold the one rule of the codes and the order of the levels.

        Raises:
            ValidationError: The area does not lie in its parent, or not on the level below it.
        """
        outside = _INSIDE.get(Level(self.level))
        if outside is None:
            if self.parent is not None:
                raise ValidationError({"parent": "区县上面没有别的层级"})
            return
        if self.parent is None or self.parent.level != outside:
            raise ValidationError({"parent": f"上级须是{outside.label}"})
        if not self.code.startswith(self.parent.code) or self.code == self.parent.code:
            raise ValidationError({"code": f"编码须以上级编码 {self.parent.code} 开头"})


class CommunityMap(models.Model):
    """The map of one community, as it is sent to its terminals (see the contract's `places`)."""

    community = models.OneToOneField(Area, on_delete=models.PROTECT, primary_key=True, related_name="map")
    plan = models.JSONField()

    def __str__(self) -> str:
        return f"map {self.community_id}"


class GridEvent(models.Model):
    """Something that happened in a grid. What a resident wrote stays sealed in its case; what is said here by staff is not personal."""

    number = models.CharField(max_length=36, unique=True)
    case = models.OneToOneField(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="grid_event")
    area = models.CharField(max_length=32, db_index=True)  # the grid's code
    x = models.PositiveSmallIntegerField()
    y = models.PositiveSmallIntegerField()
    spot = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=24)
    level = models.CharField(max_length=8, choices=EventLevel)
    words = models.CharField(max_length=200, blank=True)  # of whoever of the staff entered it
    reporter = models.ForeignKey(Clerk, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    state = models.CharField(max_length=12, choices=EventState, default=EventState.REPORTED, db_index=True)
    version = models.PositiveIntegerField(default=1)
    handler = models.ForeignKey(Clerk, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    over_at = models.DateTimeField(null=True, blank=True)
    same_as = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="repeats")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("area", "state"), name="events_by_grid")]

    def __str__(self) -> str:
        return self.number


class EventLine(Line):
    """A line of an event's history."""

    event = models.ForeignKey(GridEvent, on_delete=models.PROTECT, related_name="lines")
    step = models.CharField(max_length=12, choices=EventStep)
    clerk = models.ForeignKey(Clerk, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.step} {self.event_id}"


class EventPhoto(models.Model):
    """What it looks like afterwards: drawn anew from what was uploaded, so that nothing else of that file is kept."""

    event = models.ForeignKey(GridEvent, on_delete=models.PROTECT, related_name="photos")
    at = models.DateTimeField(auto_now_add=True)
    jpeg = models.BinaryField()

    def __str__(self) -> str:
        return f"photo of {self.event_id}"
