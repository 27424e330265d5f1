"""The page of a rollout: how far it is, ring by ring, why it stopped, and the three things that people may do."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.channel.repository import ChannelError, Repository
from city.channel.rollouts import Known, Policy, Said, current, halted, is_bad, paused, publish, resumed, standing, without_it
from city.fleet.models import Act, FleetLine, Heartbeat, note_act
from city.fleet.updates import fleet, last_said, repository
from city.staff.audit import clerk_of
from city.staff.doors import requires
from city.staff.roles import Right
from sync.contract.names import TerminalId
from sync.contract.rollout import Ring, Rollout, RolloutState, share
from sync.contract.update_report import UpdateOutcome

CHANNEL = "stable"
_VERSIONS = 8
_ACTS = {"pause": Act.ROLLOUT_PAUSED, "resume": Act.ROLLOUT_RESUMED, "halt": Act.ROLLOUT_HALTED, "recall": Act.ROLLOUT_HALTED}
_SHOWN = {
    RolloutState.RUNNING: ("good", "play_circle"),
    RolloutState.PAUSED: ("danger", "pause_circle"),
    RolloutState.HALTED: ("", "cancel"),
}


@requires(Right.OPERATE_FLEET)
@require_GET
def rollout(request: HttpRequest) -> HttpResponse:
    """Where the release is."""
    return _page(request)


@requires(Right.OPERATE_FLEET)
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Pause, resume, halt, or halt and take back; by publishing."""
    asked = request.POST.get("act", "")
    files = _files()
    try:
        now = _current(files)
        if now is None or asked not in _ACTS or str(now.number) != request.POST.get("number"):
            return _page(request, refused=True, status=409)
        changed = publish(files, _changed(now, asked))
    except ChannelError:
        return _page(request, refused=True, status=409)
    note_act(_ACTS[asked], "", clerk_of(request), f"{changed.rollout} · {changed.number}")
    return redirect("rollout")


def _changed(now: Rollout, asked: str) -> Rollout:
    match asked:
        case "pause":
            return paused(now)
        case "resume":
            return resumed(now, here.now())
        case _:
            return halted(now, recall=asked == "recall")


def _files() -> Repository:
    return repository(here.folder(), here.now())


def _current(files: Repository) -> Rollout | None:
    return current(files, CHANNEL) if files.is_made else None


def _page(request: HttpRequest, *, refused: bool = False, status: int = 200) -> HttpResponse:
    files = _files()
    now = _current(files)
    context: dict[str, Any] = {"rollout": now, "refused": refused}
    if now is not None:
        said, known, policy = last_said(now.rollout), fleet(), Policy()
        stands = standing(now, known, said, here.now(), policy)
        tone, mark = _SHOWN[now.state]
        acts = (Act.ROLLOUT_STARTED, Act.ROLLOUT_WIDENED, Act.ROLLOUT_PAUSED, Act.ROLLOUT_RESUMED, Act.ROLLOUT_HALTED)
        lines = FleetLine.objects.filter(act__in=acts).select_related("clerk").order_by("-pk")[:10]
        context |= {
            "stands": stands,
            "tone": tone,
            "mark": mark,
            "policy": policy,
            "rings": _rings(now, known, said, policy),
            "without_it": without_it(said, here.now(), policy),
            "versions": list(_versions()),
            "all": max(1, len(known)),
            "lines": [(line, Act(line.act)) for line in lines],
            "is_running": now.state is RolloutState.RUNNING,
            "is_paused": now.state is RolloutState.PAUSED,
            "is_halted": now.state is RolloutState.HALTED,
        }
    return render(request, "fleet/rollout.html", context, status=status)


def _versions() -> QuerySet[Heartbeat, tuple[str, int]]:
    """Return how many run which version, the most frequent first."""
    beats = Heartbeat.objects.filter(terminal__withdrawn_at=None)
    return beats.values_list("release").annotate(n=Count("pk")).order_by("-n", "release")[:_VERSIONS]


def _rings(now: Rollout, known: list[Known], said: dict[TerminalId, Said], policy: Policy) -> list[dict[str, Any]]:
    """Return each ring with the terminals that it added, and how they fared."""
    rows, before = [], -1
    for ring in now.rings or (Ring("100%", 100),):
        added = [one.terminal for one in known if _joins(now, one.terminal, before, ring.percent)]
        last = [said[one] for one in added if one in said]
        good = sum(one.outcome is UpdateOutcome.GOOD for one in last)
        bad = sum(is_bad(one, here.now(), policy) for one in last)
        total = max(1, len(added))
        is_here = ring.percent == now.percent
        rows.append(
            {
                "name": ring.name,
                "added": len(added),
                "good": good,
                "bad": bad,
                "good_width": good * 100 // total,
                "bad_width": -(-bad * 100 // total),
                "is_here": is_here,
                "is_open": ring.percent <= now.percent,
            }
        )
        before = ring.percent
    return rows


def _joins(now: Rollout, terminal: TerminalId, above: int, percent: int) -> bool:
    if terminal in now.pilots:
        return above < 0
    at = share(now.rollout, terminal)
    return max(above, 0) * 100 <= at < percent * 100
