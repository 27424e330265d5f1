"""`kiosk update`: looks at the update channel, takes what is meant for this terminal, and proves a new version by a visit."""

import argparse
import random
import signal
import threading
import time
from pathlib import Path
from typing import Any

import msgspec

from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.config import Config, load, sync_settings

_STEPS_MAX = 8


def register(commands: Commands) -> None:
    """Add `update` and its words."""
    parser = commands.add_parser("update", help="signed updates: status, check, apply, run, settle, visit", description=__doc__)
    words = parser.add_subparsers(required=True, metavar="status|check|apply|run|settle|visit")
    config = "kiosk update {} --config sandbox/kiosk.toml"
    status = add_command(words, "status", run_status, "which version runs, in which slot, and what was tried", config.format("status"))
    check = add_command(words, "check", run_check, "ask the channel and say what would be done, without doing it", config.format("check"))
    apply = add_command(
        words, "apply", run_apply, "take what is meant for this terminal, as far as now is a moment for it", config.format("apply")
    )
    loop = add_command(words, "run", run_run, "settle after a start, then look after updates until SIGTERM", config.format("run"))
    settle = add_command(words, "settle", run_settle, "after a start, prove a new version by a visit, or leave it", config.format("settle"))
    visit = add_command(words, "visit", run_visit, "walk a visit on virtual devices; says which stage failed", config.format("visit"))
    for each in (status, check, apply, loop, settle, visit):
        each.add_argument("--config", type=Path, required=True, help="the terminal's configuration file")
    for each in (check, apply):
        each.add_argument(
            "--from", dest="stick", type=Path, metavar="DIR", help="a stick with the channel's folder (metadata/ and targets/)"
        )
    apply.add_argument("--now", action="store_true", help="whatever the rollout's window says")


def run_status(words: argparse.Namespace) -> Answer:
    """Say what runs and what was tried."""
    from kiosk.updating import open_updating

    updating = open_updating(load(words.config), words.config)
    state, notes = updating.slots.state(), updating.journal.read()
    body = {
        "running": state.running,
        "slot": state.booted,
        "is_good": state.is_good,
        "other": state.other,
        "failures": dict(notes.failures),
        "history": msgspec.to_builtins(notes.history),
    }
    lines = [
        f"{state.running} in slot {state.booted}, {'good' if state.is_good else 'not proven yet'}; other slot: {state.other or 'empty'}"
    ]
    lines += [f"{one.at:%Y-%m-%d %H:%M}  {one.release}  {one.outcome}  {one.stage}" for one in notes.history[-10:]]
    return Answer(body, "\n".join(lines))


def run_check(words: argparse.Namespace) -> Answer:
    """Ask the channel, decide, do nothing."""
    from kiosk.updating import open_updating
    from sync.update.channel import Distrusted, Unreachable

    agent = open_updating(load(words.config), words.config, stick=words.stick).agent
    offer = agent.channel.offer()
    if isinstance(offer, Unreachable):
        return Answer({"status": "unreachable", "detail": offer.trouble}, f"the channel does not answer: {offer.trouble}", done=False)
    if isinstance(offer, Distrusted):
        text = f"the channel's answer is refused ({offer.why}): {offer.detail}"
        return Answer({"status": "distrusted", "why": offer.why, "detail": offer.detail}, text, done=False)
    decision = agent.decision(offer)
    release = None if offer is None else offer.rollout.release
    return Answer({"status": "done", "decision": decision.value, "release": release}, f"{release or 'no rollout'}: {decision.value}")


def run_apply(words: argparse.Namespace) -> Answer:
    """Step as far as it goes now."""
    from kiosk.updating import open_updating

    updating = open_updating(load(words.config), words.config, stick=words.stick, any_time=words.now)
    steps = [_said(updating.agent.settle())]
    for _ in range(_STEPS_MAX):
        taken = updating.agent.step()
        if updating.driven is not None:
            updating.driven.tell(taken)
        step = _said(taken)
        if step == steps[-1]:
            break
        steps.append(step)
        if step["step"] == "restarting":
            break
    walked = [step for step in steps if step["step"] != "settled"]
    is_bad = bool(walked) and walked[-1]["step"] in ("failed", "distrusted", "unreachable")
    text = "\n".join(" ".join(str(value) for value in step.values() if value) for step in walked)
    return Answer({"status": "failed" if is_bad else "done", "steps": walked}, text, done=not is_bad)


def run_run(words: argparse.Namespace) -> Answer:
    """Look after updates for ever: jittered, and more patiently while the channel does not answer."""
    from kiosk.updating import open_updating
    from sync.update.channel import Unreachable

    config = load(words.config)
    updating = open_updating(config, words.config)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    updating.agent.settle()
    failures = 0
    poll_s = 300.0 if config.update is None else config.update.poll_s
    while not stop.is_set():
        step = updating.agent.step()
        if (driven := updating.driven) is not None:
            driven.tell(step)
            poll_s = driven.poll_s
        _tell(config, updating.journal)
        failures = failures + 1 if isinstance(step, Unreachable) else 0
        stop.wait(poll_s * random.uniform(0.8, 1.2) * min(12, 2**failures))  # noqa: S311 - so that a fleet does not ask at once
    return Answer({"status": "stopped"}, "")


def run_settle(words: argparse.Namespace) -> Answer:
    """Do what a restart left open. Not done: what runs failed its visit, and the machine is being started from the other slot."""
    from kiosk.updating import open_updating

    updating = open_updating(load(words.config), words.config)
    step = _said(updating.agent.settle())
    is_leaving = updating.journal.read().switch is not None
    return Answer(step | {"is_leaving": is_leaving}, " ".join(str(value) for value in step.values() if value), done=not is_leaving)


def run_visit(words: argparse.Namespace) -> Answer:
    """Walk the visit."""
    from kiosk.maintenance.visit import walk

    began_s = time.monotonic()
    proof = walk(words.config)
    body = {
        "status": "good" if proof.failed is None else "failed",
        "walked": list(proof.walked),
        "seconds": round(time.monotonic() - began_s, 2),
    }
    if proof.failed is not None:
        body |= {"failed": proof.failed.value, "detail": proof.detail}
    text = "good: " + ", ".join(proof.walked) if proof.failed is None else f"failed at {proof.failed}: {proof.detail}"
    return Answer(body, text, done=proof.failed is None)


def _tell(config: Config, journal: Any) -> None:  # noqa: ANN401
    """Tell the city what it has not heard yet, oldest first; what does not arrive stays noted."""
    from sync import identity
    from sync.contract import routes
    from sync.exchange import Answer as Answered
    from sync.exchange import Exchange
    from sync.proxy import proxy_at

    untold = journal.read().untold
    if not untold:
        return
    settings = sync_settings(config)
    signer, proxy = identity.request_key(settings.request_key, settings.terminal), proxy_at(settings.proxy, settings.proxy_login)
    exchange = Exchange(settings.url, settings.ca_file, signer, settings.exchange_s, proxy)
    exchange.show_certificate(settings.certificate, settings.request_key)
    try:
        for report in untold:
            answer = exchange.ask("POST", routes.UPDATE_REPORT_PATH, {"Content-Type": routes.JSON_TYPE}, msgspec.json.encode(report))
            if not isinstance(answer, Answered) or answer.status not in (204, 400):
                return
            notes = journal.read()
            journal.write(msgspec.structs.replace(notes, untold=notes.untold[1:]))
    finally:
        exchange.close()


def _said(step: Any) -> dict[str, Any]:  # noqa: ANN401  one of a closed union, as a person reads it
    from sync.update.agent import Failed, Restarting
    from sync.update.channel import Distrusted, Unreachable

    match step:
        case None:
            return {"step": "settled"}
        case Restarting(release):
            return {"step": "restarting", "release": release}
        case Failed(release, stage):
            return {"step": "failed", "release": release, "stage": stage}
        case Unreachable(trouble):
            return {"step": "unreachable", "detail": trouble.value}
        case Distrusted(why, detail):
            return {"step": "distrusted", "why": why.value, "detail": detail}
        case plain:
            return {"step": str(plain)}
