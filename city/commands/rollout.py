"""`city rollout`: sends a release out in rings, looks where it is, pauses, resumes, halts."""

import argparse
from collections.abc import Callable
from datetime import time
from typing import Any

import msgspec

from city.channel.repository import ChannelError
from city.channel.rollouts import Policy, Standing, current, halted, paused, publish, resumed, start, widened, without_it
from city.commands.answer import Answer, Commands, add_command, failed
from city.folder import CityFolder
from city.settings import use
from sync.contract.names import TerminalId
from sync.contract.rollout import ReleaseNameError, Rollout, Window

START = "city rollout start --data ./city-data --release 2.4.2 --pilot SY-HP-0173 --window 23:00-05:00 --dry-run"
BAR = 40


def add(commands: Commands) -> None:
    """Add the command and its words."""
    parser = commands.add_parser(
        "rollout", help="send a release out in rings", epilog=f"example:\n  {START}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    acts = parser.add_subparsers(required=True, metavar="ACT")
    begin = add_command(acts, "start", run_start, "begin: pilots first, or a percentage", START)
    begin.add_argument("--release", required=True, help="a version that was published")
    begin.add_argument("--pilot", action="append", default=[], metavar="ID", help="a terminal that goes first; again for each")
    begin.add_argument("--percent", type=int, default=0, help="the share to begin with (0: pilots only)")
    begin.add_argument("--window", type=_window, default=Window(), metavar="23:00-05:00", help="when terminals may restart, their time")
    begin.add_argument("--minimum", default="0", metavar="VERSION", help="older terminals need a release in between")
    status = add_command(acts, "status", run_status, "where it is", "city rollout status --data D")
    wider = add_command(acts, "widen", run_widen, "a larger share", "city rollout widen --data D --percent 25")
    wider.add_argument("--percent", type=int, required=True)
    stop = add_command(acts, "pause", run_pause, "nobody else begins; who has it keeps it", "city rollout pause --data D")
    again = add_command(acts, "resume", run_resume, "go on", "city rollout resume --data D --leave-out X86-B2")
    again.add_argument("--leave-out", action="append", default=[], metavar="FORM", help="a make that is taken out of it; again for each")
    end = add_command(acts, "halt", run_halt, "end it for good", "city rollout halt --data D --recall")
    end.add_argument("--recall", action="store_true", help="who has the release goes back to what it had")
    turn = add_command(acts, "control", run_control, "pause or widen by what terminals said; for a timer", "city rollout control --data D")
    for each in (begin, status, wider, stop, again, end, turn):
        each.add_argument("--channel", default="stable", metavar="NAME", help="(stable)")
    for each in (begin, wider, stop, again, end, turn):
        each.add_argument("--dry-run", action="store_true", help="say what would be, change nothing")


def run_start(words: argparse.Namespace) -> Answer:
    """Begin."""
    return _changed(
        words,
        "ROLLOUT_STARTED",
        lambda repository, _now: start(
            repository,
            words.channel,
            words.release,
            pilots=[TerminalId(pilot) for pilot in words.pilot],
            percent=words.percent,
            window=words.window,
            minimum_version=words.minimum,
        ),
    )


def run_widen(words: argparse.Namespace) -> Answer:
    """Give it a larger share."""
    return _changed(words, "ROLLOUT_WIDENED", lambda repository, now: widened(_of(repository, words.channel), words.percent, now))


def run_pause(words: argparse.Namespace) -> Answer:
    """Pause it."""
    return _changed(words, "ROLLOUT_PAUSED", lambda repository, _now: paused(_of(repository, words.channel)))


def run_resume(words: argparse.Namespace) -> Answer:
    """Go on."""
    return _changed(words, "ROLLOUT_RESUMED", lambda repository, now: resumed(_of(repository, words.channel), now, words.leave_out))


def run_halt(words: argparse.Namespace) -> Answer:
    """End it."""
    return _changed(words, "ROLLOUT_HALTED", lambda repository, _now: halted(_of(repository, words.channel), recall=words.recall))


def run_status(words: argparse.Namespace) -> Answer:
    """Say where it is."""
    folder = CityFolder(words.data.resolve())
    use(folder)
    from city import here  # noqa: PLC0415  models exist once Django is started
    from city.fleet.updates import last_said, repository, stands  # noqa: PLC0415

    now = here.now()
    rollout = current(repository(folder, now), words.channel)
    if rollout is None:
        return Answer({"status": "none"}, f"nothing was ever rolled out in {words.channel}")
    listed = without_it(last_said(rollout.rollout), now, Policy())
    rows = [{"terminal": one, "outcome": last.outcome.value, "stage": last.stage} for one, last in listed]
    shown = _shown(rollout, stands(rollout, now, Policy()), {"status": "done", "without_it": rows})
    lines = "".join(f"\n{row['terminal']}  {row['outcome']}  {row['stage']}" for row in rows)
    return Answer(shown.body, shown.text + lines)


def run_control(words: argparse.Namespace) -> Answer:
    """Take the controller's turn."""
    folder = CityFolder(words.data.resolve())
    use(folder)
    from city.fleet.updates import control  # noqa: PLC0415  models exist once Django is started

    turned = control(folder, words.channel, Policy(), dry_run=words.dry_run)
    if turned is None:
        return Answer({"status": "none"}, f"nothing was ever rolled out in {words.channel}")
    return _shown(turned.rollout, turned.standing, {"status": "done", "turn": turned.turn.value, "dry_run": words.dry_run})


def _changed(words: argparse.Namespace, act: str, change: Callable[[Any, Any], Rollout]) -> Answer:
    """Publish a changed document, or with --dry-run only say what it would mean."""
    folder = CityFolder(words.data.resolve())
    use(folder)
    from city import here  # noqa: PLC0415  models exist once Django is started
    from city.fleet.models import Act, note_act  # noqa: PLC0415
    from city.fleet.updates import repository, stands  # noqa: PLC0415

    now = here.now()
    files = repository(folder, now)
    try:
        rollout = change(files, now)
        if not words.dry_run:
            publish(files, rollout)
            note_act(Act[act], "", None, f"{rollout.rollout} · {rollout.percent} % · {rollout.number}")
    except (ChannelError, ReleaseNameError) as error:
        return failed("refused", str(error))
    return _shown(rollout, stands(rollout, now, Policy()), {"status": "would" if words.dry_run else "done"})


def _of(repository: Any, channel: str) -> Rollout:  # noqa: ANN401
    rollout = current(repository, channel)
    if rollout is None:
        raise ChannelError(f"nothing is rolled out in {channel}; begin with: city rollout start")
    return rollout


def _shown(rollout: Rollout, stands: Standing, first: dict[str, Any]) -> Answer:
    figures = {
        "meant": stands.meant,
        "good": stands.good,
        "failed": stands.failed,
        "silent": stands.silent,
        "under_way": stands.under_way,
        "allowed": stands.allowed,
        "refused": stands.refused,
    }
    body = {**first, "rollout": msgspec.to_builtins(rollout), "standing": figures}
    done = 0 if not stands.meant else stands.good * BAR // stands.meant
    bad = 0 if not stands.meant else -(-stands.bad * BAR // stands.meant)
    text = (
        f"{rollout.rollout}  {rollout.state}  {rollout.percent} %  document {rollout.number}\n"
        f"[{'#' * done}{'!' * bad}{'.' * max(0, BAR - done - bad)}] {stands.good} of {stands.meant} good\n"
        f"failed {stands.failed}  silent {stands.silent}  (allowed {stands.allowed})  under way {stands.under_way}"
        f"  refused {stands.refused}"
    )
    return Answer(body, text)


def _window(text: str) -> Window:
    try:
        opens, closes = (time.fromisoformat(part) for part in text.split("-"))
    except ValueError:
        raise argparse.ArgumentTypeError("a window looks like 23:00-05:00") from None
    return Window(opens, closes)
