"""`kiosk outbox list|stats|again|export|carry`: what has not left yet; out to a stick, sealed, and from one to the city."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.config import load, sync_settings

if TYPE_CHECKING:
    from sync.outbox import Outbox  # brings the database, which only the commands themselves need

_READ_ONLY = (
    "the outbox's disk takes nothing any more (it is read-only). What is there is sent from a copy; nothing new is taken."
    " Deliver or export what waits, then replace the disk."
)


def register(commands: Commands) -> None:
    """Add the five commands."""
    group = commands.add_parser("outbox", help="what waits to be delivered").add_subparsers(required=True, metavar="COMMAND")
    for name, run, help_ in (("list", list_, "every application in the outbox, oldest first"), ("stats", stats, "counts, ages and room")):
        parser = add_command(group, name, run, help_, f"kiosk outbox {name} --config sandbox/kiosk.toml --json")
        parser.add_argument("--config", type=Path, required=True, help="the terminal's configuration file")
    parser = add_command(
        group,
        "again",
        again,
        "send once more what was set aside, when its cause was seen to",
        "kiosk outbox again --config sandbox/kiosk.toml --number K7M2P9X4",
    )
    parser.add_argument("--config", type=Path, required=True, help="the terminal's configuration file")
    parser.add_argument("--number", metavar="NUMBER", help="the one with this number on its slip; all of them when left out")
    parser.add_argument(
        "--delivered", action="store_true", help="also what was delivered in the last seven days: after the city was restored from a backup"
    )
    parser = add_command(
        group,
        "export",
        export,
        "write what waits, sealed, to a stick: the city takes it in with city receive",
        "kiosk outbox export --config sandbox/kiosk.toml --to /media/stick",
    )
    parser.add_argument("--config", type=Path, required=True, help="the terminal's configuration file")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="where the stick is")
    parser = add_command(
        group,
        "carry",
        carry,
        "deliver what other terminals gave out to a stick, and take receipts back",
        "kiosk outbox carry --config sandbox/kiosk.toml --from /media/stick",
    )
    parser.add_argument("--config", type=Path, required=True, help="the terminal's configuration file")
    parser.add_argument("--from", dest="stick", type=Path, required=True, metavar="DIR", help="where the stick is")


def again(words: argparse.Namespace) -> Answer:
    """Make it due, and tell whoever sends."""
    from sync.wake import wake

    outbox = _outbox(words)
    if (set_aside := _set_aside(outbox)) is not None:
        return set_aside
    if "read_only" in outbox.events:
        return Answer({"status": "read_only", "detail": _READ_ONLY}, f"nothing was changed: {_READ_ONLY}", done=False)
    number = None if words.number is None else words.number.upper().replace("-", "").replace(" ", "")  # as it is read off a slip
    count = outbox.deliveries.take_up_again(number, is_delivered_too=words.delivered)
    wake(sync_settings(load(words.config)).outbox)
    if words.number is not None and not count:
        told = f"nothing with the number {words.number} is to be sent once more; `kiosk outbox list` shows what there is"
        return Answer({"status": "not_set_aside", "applications": 0, "detail": told}, told, done=False)
    return Answer({"status": "due", "applications": count}, f"in line to be sent once more: {count}")


def carry(words: argparse.Namespace) -> Answer:
    """Deliver, slice by slice, until nothing moves any more."""
    from sync.loop import carry as carry_on

    settings = sync_settings(load(words.config))
    if not words.stick.is_dir():
        told = f"{words.stick}: there is no such folder; is the stick in?"
        return Answer({"status": "no_stick", "detail": told}, told, done=False)
    done = carry_on(settings, words.stick)
    while done.left and done.moved_bytes and not done.is_held_up:
        done = carry_on(settings, words.stick)
    if not (done.lists or done.unread or done.is_stick_gone):
        told = f"{words.stick}: nothing that a terminal gave out lies here"
        return Answer({"status": "nothing_there", "detail": told}, told, done=False)
    is_done = not (done.left or done.refused or done.distrusted or done.unread or done.is_stick_gone)
    body = {"status": "done" if is_done else "partly", **msgspec.to_builtins(done)}
    told = f"{done.complete} with the city, {done.left} left, {done.refused} refused; {done.distrusted} lists not believed"
    if done.unread:
        told += f", {done.unread} lists not read (damaged, or too large for the line: take the stick to the city's own table)"
    return Answer(body, f"{told}; {done.settled} of this terminal's own settled", done=is_done)


def export(words: argparse.Namespace) -> Answer:
    """Give it out; it stays here until the city's receipt."""
    from sync.export import ExportError, give_out
    from sync.loop import manifest

    config = load(words.config)
    if not words.to.is_dir():
        told = f"{words.to}: there is no such folder; is the stick in?"
        return Answer({"status": "no_stick", "detail": told}, told, done=False)
    settings = sync_settings(config)
    outbox = _outbox(words)
    try:
        folders, count = give_out(words.to, lambda after: manifest(settings, after), outbox.sealed_rows)
    except (ExportError, OSError) as error:
        return Answer({"status": "failed", "detail": str(error)}, f"not exported: {error}", done=False)
    finally:
        outbox.close()
    names = [str(folder) for folder in folders]
    body = {"status": "exported", "applications": count, "folder": names[0], "folders": names}
    return Answer(body, f"{count} applications, sealed, in {', '.join(names)}")


def list_(words: argparse.Namespace) -> Answer:
    """List the outbox."""
    outbox = _outbox(words)
    if (set_aside := _set_aside(outbox)) is not None:
        return set_aside
    entries: list[dict[str, Any]] = msgspec.to_builtins(outbox.list())
    lines = [f"{one['sequence']:>6}  {one['number']}  {one['state']:<12} {one['item']}  {one['reason'] or ''}".rstrip() for one in entries]
    return Answer(entries, "\n".join([*(lines or ["The outbox is empty."]), *_notes(outbox)]))


def stats(words: argparse.Namespace) -> Answer:
    """Count the outbox."""
    outbox = _outbox(words)
    if (set_aside := _set_aside(outbox)) is not None:
        return set_aside
    figures: dict[str, Any] = msgspec.to_builtins(outbox.stats())
    return Answer(figures, "\n".join([*(f"{name:<24}{value}" for name, value in figures.items()), *_notes(outbox)]))


def _notes(outbox: "Outbox") -> list[str]:
    return [f"Note: {_READ_ONLY}"] if "read_only" in outbox.events else []


def _set_aside(outbox: "Outbox") -> Answer | None:
    """Say it when opening the outbox found it damaged or gone: an empty list would hide that something may be lost."""
    bad = [event for event in outbox.events if event not in ("new", "read_only")]
    if not bad:
        return None
    told = (
        f"the outbox was found {' and '.join(bad).replace('_', ' ')}; what could be read of it was taken over, the old file is kept as"
        f" set-aside-* in its folder: keep it and tell the city. Ask again to see what is there now."
    )
    return Answer({"status": bad[0], "detail": told}, told, done=False)


def _outbox(words: argparse.Namespace) -> "Outbox":
    from kiosk.own_outbox import open_outbox

    return open_outbox(load(words.config))
