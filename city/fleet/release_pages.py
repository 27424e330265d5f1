"""The page of releases: what the channel has, a signed record let in, and a rollout proposed and agreed to by two people."""

import base64
import binascii
from datetime import time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.channel import records
from city.channel.records import RecordError, RecordFault
from city.channel.repository import ChannelError, Repository
from city.fleet.models import Act, RolloutPlan, note_act
from city.fleet.plans import CHANNEL, WORDS, Foreseen, PlanError, Wanted, agree, foresee, propose, waiting, wanted_of, withdraw
from city.fleet.updates import repository
from city.folder import FolderError
from city.staff.audit import clerk_of
from city.staff.doors import requires
from city.staff.models import Clerk
from city.staff.roles import Right
from sync.contract.names import TerminalId
from sync.contract.rollout import Window, version_key

FAULTS = {
    RecordFault.NOT_ONE: "这不是发布记录。",
    RecordFault.OLD: "记录是按频道以前的样子做的，或者过期了：用新拷的 updates/ 重做。",
    RecordFault.CHANGES: "记录改动了已发布的版本，没有收。",
    RecordFault.NOTHING: "记录里没有新版本。",
    RecordFault.STRANGE_NAME: "记录里有不是版本的东西，没有收。",
    RecordFault.UNSIGNED: "签名还不够：要两把离线密钥。",
    RecordFault.NO_BUNDLE: "安装包还没拷到市里：city release bring。",
    RecordFault.NO_KEY: "这里没有密钥。",
    RecordFault.FOREIGN_COPY: "这份频道不是离线密钥签的。",
    RecordFault.DISK: "市里的磁盘写不进去。",
}
_FORM = {"release": "", "pilots": "", "percent": "0", "opens": "23:00", "closes": "05:00", "minimum": "0", "note": ""}
NO_CHANNEL = "还没有更新频道：city release init。"
_HISTORY = 10


@requires(Right.OPERATE_FLEET)
@require_GET
def releases(request: HttpRequest) -> HttpResponse:
    """What there is, and what waits."""
    return _page(request, {})


@requires(Right.OPERATE_FLEET)
@require_POST
def record(request: HttpRequest) -> HttpResponse:
    """Look into a record that was brought; or let one count that was looked into."""
    if not _is_for_all(request):
        return _page(request, {"refused": WORDS["area"]}, 403)
    try:
        content = _content(request)
        if request.POST.get("act") != "publish":
            return _page(request, {"looked": records.look(_files(), CHANNEL, content), "record": base64.b64encode(content).decode("ascii")})
        looked = records.publish(_files(), CHANNEL, content)
    except RecordError as error:
        return _page(request, {"record_refused": FAULTS[error.fault]}, 422)
    except (ChannelError, FolderError):
        return _page(request, {"record_refused": NO_CHANNEL}, 422)
    for one in looked.added:
        note_act(Act.RELEASE_PUBLISHED, "", clerk_of(request), one.name)
    return redirect("releases")


@requires(Right.OPERATE_FLEET)
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """Show what a rollout would mean, propose it, agree to somebody else's, or take one back."""
    if not _is_for_all(request):
        return _page(request, {"refused": WORDS["area"]}, 403)
    clerk, asked = clerk_of(request), request.POST.get("act", "")
    try:
        if asked in ("agree", "withdraw"):
            return _decided(request, asked, clerk)
        wanted = _wanted(request)
        if asked != "propose":
            return _page(request, {"wanted": wanted, "foreseen": foresee(_files(), wanted)})
        propose(_files(), wanted, clerk)
    except (PlanError, FolderError, ChannelError) as error:
        return _page(request, {"refused": str(error)}, 422)
    return redirect("releases")


def _decided(request: HttpRequest, asked: str, clerk: Clerk) -> HttpResponse:
    number = request.POST.get("plan", "")
    pk = int(number) if number.isdecimal() and len(number) < 10 else 0
    if asked == "withdraw":
        withdraw(pk, clerk)
        return redirect("releases")
    agree(_files(), pk, clerk)
    return redirect("rollout")


def _wanted(request: HttpRequest) -> Wanted:
    said = {name: request.POST.get(name, "").replace("\0", "").strip() for name in ("release", "pilots", "percent", "minimum", "note")}
    pilots = tuple(dict.fromkeys(TerminalId(one) for one in said["pilots"].replace("，", " ").replace(",", " ").split()))
    try:
        opens, closes = (time.fromisoformat(request.POST.get(name, "")) for name in ("opens", "closes"))
        percent = int(said["percent"] or "0")
    except ValueError as error:
        raise PlanError(WORDS["wrong"]) from error
    return Wanted(said["release"][:32], pilots, percent, Window(opens, closes), said["minimum"][:32] or "0", said["note"])


def _content(request: HttpRequest) -> bytes:
    """Return the record: as a file, or as it was looked into before."""
    file = request.FILES.get("record")
    if file is not None:
        return bytes(file.read(records.RECORD_MAX_BYTES + 1))
    try:
        return base64.b64decode(request.POST.get("record", ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise RecordError(RecordFault.NOT_ONE, "this is no release record") from error


def _is_for_all(request: HttpRequest) -> bool:
    return "" in clerk_of(request).areas(Right.OPERATE_FLEET)


def _files() -> Repository:
    return repository(here.folder(), here.now())


def _page(request: HttpRequest, more: dict[str, Any], status: int = 200) -> HttpResponse:
    files, open_plan = _files(), waiting()
    context: dict[str, Any] = {
        "form": _FORM | {name: text for name, text in request.POST.items() if name in _FORM},
        "is_made": files.is_made,
        "releases": _released(files),
        "plan": open_plan,
        "plan_foreseen": _of_plan(files, open_plan),
        "is_mine": open_plan is not None and open_plan.clerk_id == clerk_of(request).pk,
        "plans": RolloutPlan.objects.select_related("clerk", "second").order_by("-pk")[:_HISTORY],
    }
    return render(request, "fleet/releases.html", context | more, status=status)


def _of_plan(files: Repository, plan: RolloutPlan | None) -> Foreseen | None:
    if plan is None:
        return None
    try:
        return foresee(files, wanted_of(plan))
    except (PlanError, FolderError):
        return None


def _released(files: Repository) -> list[tuple[str, str, int, str]]:
    """Return version, board, size and digest of each release, the newest first."""
    if not files.is_made:
        return []
    rows = []
    for name, target in files.releases(CHANNEL).items():
        _, version, file = name.split("/")
        rows.append((version, file.removesuffix(".bundle"), target.length, target.hashes["sha256"]))
    return sorted(rows, key=lambda row: version_key(row[0]), reverse=True)
