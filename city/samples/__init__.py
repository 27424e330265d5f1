"""The sample town: invented areas, a map drawn by us, windows, notices, events; for pilots, training and demos."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from city import here
from city.appointments.booking import keep_windows
from city.appointments.written import read_windows
from city.community.models import NoticeLine, NoticeRow, NoticeState, NoticeStep, ProviderRow, ProviderState
from city.grid.events import enter
from city.grid.maps import keep_map
from city.grid.models import Area, GridEvent
from city.staff.models import Clerk
from city.staff.roles import Role
from city.timebank.ledger import open_account
from sync.contract.directory import Directory
from sync.contract.geojson import read_map
from sync.contract.notices import Notice, Noticeboard
from sync.contract.places import GridMap, Place

_HERE = Path(__file__).parent
_SHOWN_FOR = timedelta(days=30)
_MEMBERS = (("样例互助甲", "13800000001"), ("样例互助乙", "13800000002"), ("样例互助丙", "13800000003"))


def make_sample_town() -> bool:
    """Make the sample town where there is no area yet; tell whether it was made."""
    if Area.objects.exists():
        return False
    _make_areas()
    writer, reviewer = (Clerk.objects.filter(postings__role=role).first() for role in ("content_editor", "reviewer"))
    if writer is not None and reviewer is not None:
        _make_notices(writer, reviewer)
        _make_directory(writer, reviewer)
        _make_members(writer)
    worker = Clerk.objects.filter(postings__role=Role.GRID_WORKER).first()
    if worker is not None:
        _make_events(worker)
    return True


def sample_map() -> GridMap:
    """Return the map of the sample community."""
    return read_map((_HERE / "map.geojson").read_bytes())


def _make_areas() -> None:
    for row in json.loads((_HERE / "areas.json").read_text(encoding="utf-8")):
        parent = Area.objects.get(code=row.pop("parent")) if "parent" in row else None
        area = Area(parent=parent, **row)
        area.clean()
        area.save()
    keep_map(sample_map())
    keep_windows(read_windows((_HERE / "windows.json").read_bytes()))


def _make_notices(writer: Clerk, reviewer: Clerk) -> None:
    board = msgspec.json.decode((_HERE / "notices.json").read_bytes(), type=Noticeboard)
    now, area = here.now(), sample_map().community
    for place, notice in enumerate(board.notices):
        when = {"valid_from": now - timedelta(hours=place + 1), "valid_until": now + _SHOWN_FOR}
        facts = _as_row(notice) | when | {"area": area}
        row = NoticeRow.objects.create(state=NoticeState.PUBLISHED, writer=writer, reviewer=reviewer, **facts)
        for step, clerk in ((NoticeStep.WRITTEN, writer), (NoticeStep.SENT, writer), (NoticeStep.PUBLISHED, reviewer)):
            NoticeLine(notice=row, step=step, clerk=clerk).save()


def _make_directory(writer: Clerk, reviewer: Clerk) -> None:
    directory = msgspec.json.decode((_HERE / "directory.json").read_bytes(), type=Directory)
    owner = Clerk.objects.filter(postings__role=Role.PROVIDER).first()
    for one in directory.providers:
        facts: dict[str, Any] = {"kind": one.kind.value, "family": one.family.value, "telephone": one.telephone}
        for name in ("name", "about", "place", "hours", "price"):
            words = getattr(one, name)
            facts |= {name: words.zh, f"{name}_en": words.en or "", f"{name}_ko": words.ko or ""}
        ProviderRow.objects.create(
            key=one.id,
            area=sample_map().community,
            state=ProviderState.LISTED,
            proposed_by=writer,
            admitted_by=reviewer,
            owner=owner if one.takes_requests else None,
            takes_requests=one.takes_requests,
            accessible=one.accessible,
            time_minutes=one.time_minutes or 0,
            updated_on=here.today(),
            valid_until=here.today() + timedelta(days=365),
            **facts,
        )


def _make_members(writer: Clerk) -> None:
    for name, telephone in _MEMBERS:
        open_account(writer, sample_map().community, name, telephone)


def _make_events(worker: Clerk) -> None:
    for row in json.loads((_HERE / "events.json").read_text(encoding="utf-8")):
        spot = next(spot for spot in sample_map().spots if spot.id == row["spot"])
        made = enter(spot.grid, Place(spot.grid, spot.at), row["kind"], {"danger": row.get("danger")}, by=worker, words=row["words"])
        GridEvent.objects.filter(pk=made.pk).update(spot=spot.name.zh)


def _as_row(notice: Notice) -> dict[str, Any]:
    facts: dict[str, Any] = {"kind": notice.kind.value, "urgent": notice.urgent, "publisher": notice.publisher.zh}
    for name in ("title", "short", "text"):
        words = getattr(notice, name)
        facts |= {name: words.zh, f"{name}_en": words.en or "", f"{name}_ko": words.ko or ""}
    return facts
