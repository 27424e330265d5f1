"""Areas, from the districts down to the grids of a community.

A code is opaque: nothing is read out of it but that an area's code begins with the code of the area around it, which is how reach is
asked of the database. How long its parts are is a setting, because cities number differently.
"""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models


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
