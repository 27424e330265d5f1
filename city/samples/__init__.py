"""The sample town: invented areas, a map drawn by us, notices. For pilots, training and demos; real ones take their place."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from city import here
from city.community.models import NoticeLine, NoticeRow, NoticeState, NoticeStep
from city.grid.models import Area, CommunityMap, Level
from city.staff.models import Clerk
from sync.contract.geojson import read_map
from sync.contract.notices import Notice, Noticeboard
from sync.contract.places import GridMap

_HERE = Path(__file__).parent
_SHOWN_FOR = timedelta(days=30)


def make_sample_town() -> bool:
    """Make the sample town where there is no area yet; tell whether it was made."""
    if Area.objects.exists():
        return False
    _make_areas()
    writer, reviewer = (Clerk.objects.filter(postings__role=role).first() for role in ("content_editor", "reviewer"))
    if writer is not None and reviewer is not None:
        _make_notices(writer, reviewer)
    return True


def sample_map() -> GridMap:
    """Return the map of the sample community."""
    return read_map((_HERE / "map.geojson").read_bytes())


def keep_map(plan: GridMap) -> Area:
    """Keep a community's map, and the grids that it draws as areas.

    Raises:
        Area.DoesNotExist: There is no such community.
        ValidationError: A grid's code does not begin with the community's.
    """
    community = Area.objects.get(code=plan.community, level=Level.COMMUNITY)
    CommunityMap.objects.update_or_create(community=community, defaults={"plan": msgspec.to_builtins(plan)})
    for grid in plan.grids:
        area = Area(code=grid.code, level=Level.GRID, name=grid.name.zh, parent=community)
        area.clean()
        Area.objects.update_or_create(code=area.code, defaults={"level": area.level, "name": area.name, "parent": community})
    return community


def _make_areas() -> None:
    for row in json.loads((_HERE / "areas.json").read_text(encoding="utf-8")):
        parent = Area.objects.get(code=row.pop("parent")) if "parent" in row else None
        area = Area(parent=parent, **row)
        area.clean()
        area.save()
    keep_map(sample_map())


def _make_notices(writer: Clerk, reviewer: Clerk) -> None:
    board = msgspec.json.decode((_HERE / "notices.json").read_bytes(), type=Noticeboard)
    now, area = here.now(), sample_map().community
    for place, notice in enumerate(board.notices):
        when = {"valid_from": now - timedelta(hours=place + 1), "valid_until": now + _SHOWN_FOR}
        facts = _as_row(notice) | when | {"area": area}
        row = NoticeRow.objects.create(state=NoticeState.PUBLISHED, writer=writer, reviewer=reviewer, **facts)
        for step, clerk in ((NoticeStep.WRITTEN, writer), (NoticeStep.SENT, writer), (NoticeStep.PUBLISHED, reviewer)):
            NoticeLine(notice=row, step=step, clerk=clerk).save()


def _as_row(notice: Notice) -> dict[str, Any]:
    facts: dict[str, Any] = {"kind": notice.kind.value, "urgent": notice.urgent, "publisher": notice.publisher.zh}
    for name in ("title", "short", "text"):
        words = getattr(notice, name)
        facts |= {name: words.zh, f"{name}_en": words.en or "", f"{name}_ko": words.ko or ""}
    return facts
