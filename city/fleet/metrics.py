"""The fleet's figures for Prometheus, in its text format 0.0.4. Counts only; asked for with the bearer secret in keys/metrics.secret."""

import secrets
from collections.abc import Iterable, Iterator

from django.db.models import Count, Max, Sum
from django.http import HttpRequest, HttpResponse

from city import here
from city.api.signed import not_so, refusal
from city.channel.rollouts import Policy, current
from city.fleet.models import Alert, Heartbeat
from city.fleet.updates import repository, stands
from city.fleet.watch import STATES, counts, terminals
from city.folder import FolderError
from city.refused import Refused
from sync.contract.problem import ProblemCode

SECRET = "metrics.secret"  # noqa: S105 - the name of the file
KIND = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = ("GET", "HEAD")
Sample = tuple[dict[str, str], float]


def metrics(request: HttpRequest) -> HttpResponse:
    """GET the figures."""
    if request.method not in _METHODS:
        return not_so(_METHODS)
    try:
        secret = (here.folder().keys / SECRET).read_text(encoding="ascii").strip()
    except OSError:
        secret = ""
    if not secret or not secrets.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {secret}".encode()):
        return refusal(
            Refused(ProblemCode.UNSIGNED, "Authorization must bear the secret of keys/metrics.secret", {"WWW-Authenticate": "Bearer"})
        )
    return HttpResponse("".join(_lines()), content_type=KIND)


def _lines() -> Iterator[str]:
    now = here.now()
    found = terminals(now)
    by_state = counts(found)
    yield from _gauge("bianmin_terminals", "Admitted terminals by state", (({"state": state}, by_state[state]) for state in STATES))
    open_alerts = Alert.objects.filter(closed_at=None).values_list("cause").annotate(n=Count("pk")).order_by("cause")
    yield from _gauge("bianmin_alerts_open", "Open alerts by cause", (({"cause": cause}, n) for cause, n in open_alerts))
    risen = Alert.objects.filter(closed_at=None).exclude(escalated_at=None).count()
    yield from _gauge("bianmin_alerts_escalated", "Open alerts that nobody took in time", [({}, risen)])
    queue = Heartbeat.objects.filter(terminal__withdrawn_at=None).aggregate(
        waiting=Sum("waiting"), oldest=Max("oldest_waiting_s"), aside=Sum("quarantined")
    )
    yield from _gauge("bianmin_waiting_applications", "Applications that the city does not have yet", [({}, queue["waiting"] or 0)])
    yield from _gauge("bianmin_oldest_waiting_seconds", "Age of the oldest of them", [({}, queue["oldest"] or 0)])
    yield from _gauge("bianmin_set_aside_applications", "Applications that staff have to look at", [({}, queue["aside"] or 0)])
    releases = Heartbeat.objects.filter(terminal__withdrawn_at=None).values_list("release").annotate(n=Count("pk")).order_by("release")
    yield from _gauge(
        "bianmin_release_terminals", "Terminals by the release that they run", (({"release": name}, n) for name, n in releases)
    )
    yield from _rollout_lines()


def _rollout_lines() -> Iterator[str]:
    now = here.now()
    files = repository(here.folder(), now)
    if not files.is_made:
        return
    try:
        rollout = current(files, "stable")
    except FolderError:  # the other figures are needed all the more
        yield from _gauge("bianmin_channel_readable", "1 while the channel of updates can be read", [({}, 0.0)])
        return
    yield from _gauge("bianmin_channel_readable", "1 while the channel of updates can be read", [({}, 1.0)])
    if rollout is None:
        return
    seen = stands(rollout, now, Policy())
    figures = {
        "meant": seen.meant,
        "good": seen.good,
        "failed": seen.failed,
        "silent": seen.silent,
        "under_way": seen.under_way,
        "refused": seen.refused,
    }
    label = {"release": rollout.release}
    yield from _gauge("bianmin_rollout_terminals", "How a rollout stands", (({**label, "outcome": name}, n) for name, n in figures.items()))
    yield from _gauge("bianmin_rollout_percent", "Its share of the fleet", [(label, rollout.percent)])
    yield from _gauge("bianmin_rollout_paused", "1 while it is paused", [(label, float(rollout.state == "paused"))])


def _gauge(name: str, help_: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {help_}\n# TYPE {name} gauge\n"
    for labels, value in samples:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{name}{'{' + inside + '}' if inside else ''} {value:g}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
