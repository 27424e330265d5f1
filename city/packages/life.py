"""What may happen to an item's version, by whom: begun, written, sent, returned, signed, withdrawn.

The writer is never the reviewer. What was signed is never changed: a newer version takes its place. An item with an owner is written
by editors of that office only; editors who are posted to no office in particular may write all.
"""

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from city import here
from city.catalogue import publish_one, withdraw
from city.packages.editing import fresh
from city.packages.models import DraftState, DraftStep, ItemDraft, ItemHome, ItemLine
from city.packages.plain_words import Remark
from city.packages.unwritten import source_of
from city.staff.models import Clerk, Office
from city.staff.roles import HOLDERS, Right
from sync.contract.checking import Checked, check_bytes
from sync.contract.item import ItemPackage
from sync.contract.names import ItemCode
from sync.contract.shared_parts import SharedParts

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
CODE_LETTERS = 64
LARGEST_CHARACTERS = 200_000
_WRITABLE = (DraftState.DRAFT, DraftState.RETURNED)
_FIRST_YEAR = timedelta(days=365)


class Refusal(StrEnum):
    """Why nothing was done."""

    OVERTAKEN = "overtaken"  # somebody else changed it, or it is not in the state for this
    OWN_ITEM = "own_item"
    NOT_YOUR_OFFICE = "not_your_office"
    NOT_FIT = "not_fit"
    CODE_TAKEN = "code_taken"
    BAD_CODE = "bad_code"
    NO_NAME = "no_name"
    UNDER_WAY = "under_way"  # a draft of this item is there already
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Look:
    """A source as the check sees it."""

    package: ItemPackage | None
    remarks: tuple[Remark, ...]

    @property
    def errors(self) -> int:
        """How many remarks forbid publishing."""
        return sum(one.is_error for one in self.remarks)


def look_at(draft: ItemDraft) -> Look:
    """Check a draft as `kiosk catalogue check` does."""
    checked = _checked(draft)
    return Look(checked.package, tuple(Remark(one, draft.source) for one in checked.complaints))


def may_write(clerk: Clerk, code: str) -> bool:
    """Tell whether somebody's postings let them write this item."""
    home = ItemHome.objects.filter(code=code).first()
    return clerk.may(Right.WRITE_ITEMS) and (home is None or is_of(clerk, home.owner, Right.WRITE_ITEMS))


def is_of(clerk: Clerk, office: Office, right: Right) -> bool:
    """Tell whether somebody holds a right in an office, or in none in particular."""
    offices = {posting.office_id for posting in clerk.standing if posting.role in HOLDERS[right]}
    return office.pk in offices or None in offices


def may_be_changed(draft: ItemDraft) -> bool:
    """Tell whether its content may still be changed."""
    return draft.state in _WRITABLE


def begin(clerk: Clerk, code: str, name: str) -> ItemDraft | Refusal:
    """Begin an item that is not there yet."""
    if len(code) > CODE_LETTERS or not CODE.fullmatch(code):
        return Refusal.BAD_CODE
    if not name:
        return Refusal.NO_NAME
    if here.catalogue().versions(ItemCode(code)) or ItemDraft.objects.filter(code=code).exclude(state=DraftState.DROPPED).exists():
        return Refusal.CODE_TAKEN
    today = here.today()
    return _begun(clerk, fresh(code, name, today.isoformat(), (today + _FIRST_YEAR).isoformat()))


def begin_next(clerk: Clerk, code: str) -> ItemDraft | Refusal:
    """Begin the next version of a published item."""
    if not may_write(clerk, code):
        return Refusal.NOT_YOUR_OFFICE
    versions = here.catalogue().versions(ItemCode(code))
    if not versions:
        return Refusal.OVERTAKEN
    open_ones = ItemDraft.objects.filter(code=code, number__gt=versions[0].version).exclude(state=DraftState.DROPPED)
    if open_ones.exists():
        return Refusal.UNDER_WAY
    return _begun(clerk, {**source_of(versions[0]), "version": versions[0].version + 1})


def keep(draft: ItemDraft, version: int, source: dict[str, Any]) -> Refusal | None:
    """Keep a changed source."""
    if len(json.dumps(source, ensure_ascii=False)) > LARGEST_CHARACTERS:
        return Refusal.TOO_LARGE
    as_seen = ItemDraft.objects.filter(pk=draft.pk, version=version, state__in=_WRITABLE)
    values = {"source": source, "name": str(source.get("name", {}).get("zh", ""))[:60], "changed_at": here.now()}
    return None if as_seen.update(version=F("version") + 1, **values) == 1 else Refusal.OVERTAKEN


def send(draft: ItemDraft, version: int, clerk: Clerk) -> Refusal | None:
    """Hand it to somebody else, once the check finds nothing that forbids it."""
    if look_at(draft).errors:
        return Refusal.NOT_FIT
    return _move(draft, version, clerk, _WRITABLE, DraftState.IN_REVIEW, DraftStep.SENT)


def send_back(draft: ItemDraft, version: int, clerk: Clerk, comment: str) -> Refusal | None:
    """Return it to its writer with what should be different."""
    if draft.writer_id == clerk.pk:
        return Refusal.OWN_ITEM
    return _move(draft, version, clerk, (DraftState.IN_REVIEW,), DraftState.RETURNED, DraftStep.RETURNED, comment)


def drop(draft: ItemDraft, version: int, clerk: Clerk) -> Refusal | None:
    """Give a draft up."""
    return _move(draft, version, clerk, _WRITABLE, DraftState.DROPPED, DraftStep.DROPPED)


def sign(draft: ItemDraft, version: int, clerk: Clerk) -> Refusal | None:
    """Sign it: terminals fetch it at their next look. The database says so only when the signed file is on the disk."""
    if draft.writer_id == clerk.pk:
        return Refusal.OWN_ITEM
    look = look_at(draft)
    if look.errors or look.package is None:
        return Refusal.NOT_FIT
    with transaction.atomic():
        refused = _move(draft, version, clerk, (DraftState.IN_REVIEW,), DraftState.PUBLISHED, DraftStep.PUBLISHED, reviewer=clerk)
        if refused is None:
            try:
                digest = publish_one(look.package, here.folder().catalogue, here.keys().catalogue)
            except FileExistsError:
                transaction.set_rollback(True)
                return Refusal.CODE_TAKEN
            ItemDraft.objects.filter(pk=draft.pk).update(digest=digest)
    return refused


def take_back(code: str, clerk: Clerk, comment: str) -> Refusal | None:
    """Take a published item off the terminals."""
    newest = next(iter(here.catalogue().versions(ItemCode(code))), None)
    if newest is None or here.catalogue().is_withdrawn(newest):
        return Refusal.OVERTAKEN
    with transaction.atomic():
        ItemLine(code=code, number=newest.version, step=DraftStep.WITHDRAWN, clerk=clerk, comment=comment[:200]).save()
        withdraw(newest, here.folder().catalogue)
    return None


def hand_over(code: str, office: Office, clerk: Clerk, number: int) -> Refusal | None:
    """Make an office the owner of an item."""
    home = ItemHome.objects.filter(code=code).first()
    if home is not None and home.owner_id == office.pk:
        return None
    if not may_write(clerk, code):
        return Refusal.NOT_YOUR_OFFICE
    with transaction.atomic():
        ItemHome.objects.update_or_create(code=code, defaults={"owner": office})
        ItemLine(code=code, number=number, step=DraftStep.HANDED_OVER, clerk=clerk, comment=office.name[:200]).save()
    return None


def _begun(clerk: Clerk, source: dict[str, Any]) -> ItemDraft | Refusal:
    code, number = str(source["code"]), int(source["version"])
    try:
        with transaction.atomic():
            name = str(source["name"]["zh"])[:60]
            draft = ItemDraft.objects.create(code=code, number=number, name=name, source=source, writer=clerk)
            ItemLine(code=code, number=number, step=DraftStep.BEGUN, clerk=clerk).save()
            office = Office.objects.filter(pk__in=clerk.offices(Right.WRITE_ITEMS)).first()
            if office is not None:
                ItemHome.objects.get_or_create(code=code, defaults={"owner": office})
    except IntegrityError:
        return Refusal.UNDER_WAY
    return draft


def _move(
    draft: ItemDraft,
    version: int,
    clerk: Clerk,
    before: tuple[DraftState, ...],
    after: DraftState,
    step: DraftStep,
    comment: str = "",
    reviewer: Clerk | None = None,
) -> Refusal | None:
    with transaction.atomic():
        as_seen = ItemDraft.objects.filter(pk=draft.pk, version=version, state__in=before)
        values: dict[str, Any] = {"state": after, "version": F("version") + 1, "changed_at": here.now()}
        if as_seen.update(**values, **({"reviewer": reviewer} if reviewer else {})) != 1:
            return Refusal.OVERTAKEN
        ItemLine(code=draft.code, number=draft.number, step=step, clerk=clerk, comment=comment[:200]).save()
    return None


def _checked(draft: ItemDraft) -> Checked:
    """Hold a draft to the rules; its code and version are those of the draft, whatever its source says."""
    source = {**draft.source, "code": draft.code, "version": draft.number}
    return check_bytes(Path(f"{draft.code}.json"), json.dumps(source, ensure_ascii=False).encode(), SharedParts())
