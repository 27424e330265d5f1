"""A terminal whose updates are driven by a DDI server (hawkBit, gooseBit), under the same signatures.

The server says which release and when, and nothing else: the release has to be one that the channel's offline keys signed, its bytes come
from the channel and are checked as ever, and a signed rollout document that halts it has the last word. No address that the server gives
is followed.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from datetime import time as time_of_day
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

import msgspec
import requests
import urllib3

from sync.contract.decoding import UNDECODABLE
from sync.contract.names import TerminalId
from sync.contract.rollout import Rollout, RolloutState, Window, version_key
from sync.contract.update_report import UpdateOutcome
from sync.proxy import Proxy
from sync.update import ddi
from sync.update.agent import Step
from sync.update.channel import Channel, Distrust, Distrusted, Offer, Signed, Unreachable
from sync.update.ddi import Cancellation, Chunk, Deployed, Deployment, Execution, Feedback, Handling, Opening, Polled, Unfit
from sync.update.journal import Journal
from sync.update.line import LineTrouble
from sync.update.slots import Slots

ANSWER_MAX_BYTES: Final = 256 * 1024
_ANSWER_S: Final = 30.0
_SILENCE_S: Final = 15.0
_READ_BYTES: Final = 16 * 1024
_ANY_TIME: Final = Window(time_of_day(0), time_of_day(0))
_ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)

T = TypeVar("T")


class DdiError(Exception):
    """The server does not answer, or not in its own protocol."""

    def __init__(self, trouble: Unreachable | Distrusted) -> None:
        super().__init__(repr(trouble))
        self.trouble = trouble


class DdiServer:
    """The way to one device's resource on a DDI server."""

    def __init__(
        self,
        url: str,
        terminal: TerminalId,
        token: str,
        ca_file: Path | None = None,
        proxy: Proxy | None = None,
        answer_s: float = _ANSWER_S,
    ) -> None:
        """Begin.

        Args:
            url: With the tenant, such as https://hawkbit.example.org/DEFAULT.
            terminal: The controller's id there.
            token: The target token; empty where the server wants none.
            ca_file: Whom to believe that it is the server; the system's authorities without one.
            proxy: On the way there, as on the way to everything else.
            answer_s: Within which an answer has to be whole.
        """
        self._base = f"{url.rstrip('/')}/controller/v1/{quote(terminal, safe='')}"
        self._answer_s = answer_s
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Accept"] = "application/json"
        if token:
            self._session.headers["Authorization"] = f"TargetToken {token}"
        if ca_file is not None:
            self._session.verify = str(ca_file)
        if proxy is not None:
            self._session.proxies = dict.fromkeys(("http", "https"), proxy.url_with_login)

    def get(self, path: str, type_: type[T]) -> T:
        """Ask.

        Raises:
            DdiError: There is no answer that could be read.
        """
        try:
            return msgspec.json.decode(self._exchange("GET", path, None), type=type_)
        except UNDECODABLE as error:
            raise DdiError(Distrusted(Distrust.MALFORMED, f"DDI: {path or 'poll'}: {error}"[:200])) from error

    def send(self, method: str, path: str, body: msgspec.Struct) -> None:
        """Tell.

        Raises:
            DdiError: It was not heard.
        """
        self._exchange(method, path, msgspec.json.encode(body))

    def close(self) -> None:
        """Let the connection go."""
        self._session.close()

    def _exchange(self, method: str, path: str, body: bytes | None) -> bytes:
        ends_s = time.monotonic() + self._answer_s
        headers = {"Accept-Encoding": "identity"} | ({"Content-Type": "application/json"} if body is not None else {})
        try:
            with self._session.request(
                method, self._base + path, data=body, headers=headers, stream=True, timeout=_SILENCE_S, allow_redirects=False
            ) as answer:
                if not 200 <= answer.status_code < 300:
                    missing = answer.status_code in (401, 403, 404, 410)
                    raise DdiError(Unreachable(LineTrouble.MISSING if missing else LineTrouble.NO_LINE))
                return _whole(answer, ends_s)
        except requests.Timeout as error:
            raise DdiError(Unreachable(LineTrouble.TOO_SLOW)) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise DdiError(Unreachable(LineTrouble.NO_LINE)) from error


@dataclass(slots=True)
class Driven:
    """A channel that wants what a DDI server wants.

    Attributes:
        server: Says which and when.
        channel: Says whether there is such a release.
        slots: Say what runs, for feedback.
        journal: Says what was tried.
        facts: What the server may know of this machine.
        poll_s: How long it wants to be left alone; as configured until it says.
    """

    server: DdiServer
    channel: Channel
    slots: Slots
    journal: Journal
    facts: Callable[[], Mapping[str, str]]
    poll_s: float
    _action: str | None = field(default=None, init=False)
    _told: tuple[str, Feedback] | None = field(default=None, init=False)

    def offer(self) -> Offer | Unreachable | Distrusted | None:
        """Poll, and return what the server wants, as far as the channel's keys signed it."""
        self._action = None
        try:
            polled = self.server.get("", Polled)
            self.poll_s = ddi.poll_s(polled, self.poll_s)
            if polled.links.config_data is not None:
                self.server.send("PUT", "/configData", ddi.ConfigData(dict(self.facts())))
            if polled.links.cancel_action is not None:
                return self._cancelled(ddi.action_of(polled.links.cancel_action, "cancelAction"))
            if polled.links.deployment_base is None:
                return None
            return self._wanted(ddi.action_of(polled.links.deployment_base, "deploymentBase"))
        except DdiError as error:
            return error.trouble

    def tell(self, step: Step) -> None:
        """Tell the server what a step came to; the same is said once. What it does not hear comes again with the next poll."""
        if self._action is None:
            return
        said = ddi.feedback_of(step, self.slots.state(), self.journal.read().history, rollout_of(self._action))
        if said is not None:
            self._feedback("deploymentBase", self._action, said)

    def _wanted(self, action: str | None) -> Offer | Unreachable | Distrusted | None:
        if action is None:
            return Distrusted(Distrust.MALFORMED, "DDI: a deployment without an action")
        deployed = self.server.get(f"/deploymentBase/{action}", Deployment).deployment
        chunk = ddi.release_of(deployed)
        if isinstance(chunk, Unfit):
            self._feedback("deploymentBase", action, ddi.failed(chunk.why))
            return None
        found = self.channel.signed(chunk.version)
        self._action = action
        if not isinstance(found, Signed):
            return found
        if (why := _objection(chunk, found)) is not None:
            self._feedback("deploymentBase", action, ddi.failed(why))
            self._action = None
            return None
        return _offer(action, deployed, chunk, found)

    def _cancelled(self, action: str | None) -> Distrusted | None:
        """Leave an action, unless its release was written already; what is gathered of it goes with the step that follows."""
        if action is None:
            return Distrusted(Distrust.MALFORMED, "DDI: a cancellation without an action")
        stop = str(self.server.get(f"/cancelAction/{action}", Cancellation).cancel_action.stop_id)
        history = [one.outcome for one in self.journal.read().history if one.rollout == rollout_of(stop)]
        is_written = bool(history) and history[-1] in (UpdateOutcome.SWITCHING, UpdateOutcome.GOOD)
        said = Feedback(ddi.Status(Execution.REJECTED, details=("it is written already",))) if is_written else ddi.succeeded("left")
        self._feedback("cancelAction", action, said)
        return None

    def _feedback(self, kind: str, action: str, said: Feedback) -> None:
        if self._told == (action, said) and not said.is_last:
            return
        try:
            self.server.send("POST", f"/{kind}/{action}/feedback", said)
        except DdiError:
            return  # the action stays open there, so it comes again
        self._told = (action, said)


def rollout_of(action: str) -> str:
    """Return under which name an action stands in the journal and in what the city is told."""
    return f"ddi-{action}"


def _objection(chunk: Chunk, found: Signed) -> str | None:
    """Return why the signed files speak against what is assigned: the owners halted it for everybody, or it is something else."""
    document = found.rollout
    if document is not None and document.state is RolloutState.HALTED and version_key(document.release) == version_key(chunk.version):
        return "the signed rollout document has halted this release"
    declared = ddi.declared_sha256(chunk)
    if found.bundle is not None and declared is not None and declared != found.bundle.sha256:
        return f"what is assigned is not the signed {chunk.version}: its SHA-256 is another"
    return None


def _offer(action: str, deployed: Deployed, chunk: Chunk, found: Signed) -> Offer:
    """Return it as a rollout to this terminal alone. Forced, or in an open window: at any time; else in the usual night."""
    is_now = deployed.update is Handling.FORCED or deployed.maintenance_window is Opening.AVAILABLE
    rollout = Rollout(
        format=1,
        rollout=rollout_of(action),
        number=1,
        channel="",
        release=chunk.version,
        state=RolloutState.RUNNING,
        percent=100,
        starts_at=_ALWAYS,
        expires_at=_EVER,
        widened_at=_ALWAYS,
        window=_ANY_TIME if is_now else Window(),
    )
    may_install = deployed.update is not Handling.SKIP and deployed.maintenance_window is not Opening.UNAVAILABLE
    return Offer(rollout, found.bundle, may_fetch=deployed.download is not Handling.SKIP, may_install=may_install)


def _whole(answer: requests.Response, ends_s: float) -> bytes:
    """Read an answer, as long as it is short and quick."""
    body = bytearray()
    while piece := answer.raw.read1(_READ_BYTES, decode_content=False):
        body += piece
        if len(body) > ANSWER_MAX_BYTES:
            raise DdiError(Distrusted(Distrust.TOO_LONG, "DDI: the answer is too long"))
        if time.monotonic() > ends_s:
            raise DdiError(Unreachable(LineTrouble.TOO_SLOW))
    return bytes(body)
