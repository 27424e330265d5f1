"""`city sealing-key`: the keys that terminals seal applications to: what is there, a new one, and the end of an old one."""

import argparse
from typing import Any

from city.commands.answer import Answer, Commands, add_command, failed
from city.folder import CityFolder
from city.settings import use

EXAMPLE = "city sealing-key retire --data ./city-data --key 0123456789abcdef"
_NAMED = 5


def add(commands: Commands) -> None:
    """Add the command and its words."""
    parser = commands.add_parser(
        "sealing-key",
        help="list, make and retire the keys that terminals seal applications to",
        epilog=f"example:\n  {EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    acts = parser.add_subparsers(required=True, metavar="ACT")
    data = "--data ./city-data"
    add_command(acts, "list", _list, "the keys, and how many stored applications are sealed to each", f"city sealing-key list {data}")
    add_command(acts, "new", _new, "make a key; terminals seal to it once they have heard of it", f"city sealing-key new {data}")
    retire = add_command(acts, "retire", _retire, "let nobody seal to a key any more; remove it when nothing stored needs it", EXAMPLE)
    retire.add_argument("--key", required=True, metavar="ID", help="as `city sealing-key list` shows it")
    retire.add_argument(
        "--even-if-on-the-way",
        action="store_true",
        help="although terminals may still hold applications sealed to it, which could then never be opened",
    )


def _list(words: argparse.Namespace) -> Answer:
    use(CityFolder(words.data.resolve()))
    from city import here  # noqa: PLC0415  Django is started just above
    from city.onewindow.sealing import stored_by_key  # noqa: PLC0415

    keys, stored = here.keys(), stored_by_key()
    rows: list[dict[str, Any]] = [
        {
            "key": key.key_id,
            "suite": str(key.suite),
            "since": key.created_at.isoformat(timespec="seconds"),
            "state": _state(key.key_id),
            "stored": stored[key.key_id],
        }
        for key in sorted(keys.opening.values(), key=lambda key: (key.created_at, key.key_id))
    ]
    lines = [f"{row['key']}  {row['since']}  {row['state']:<9}  {row['stored']:>8}  {row['suite']}" for row in rows]
    return Answer(rows, "\n".join(lines))


def _state(key_id: str) -> str:
    """`newest` is sealed to, `older` may be by terminals that have not heard of it or know no newer suite, `retired` only opens."""
    from city import here  # noqa: PLC0415

    if key_id not in here.keys().offered:
        return "retired"
    return "newest" if key_id == here.keys().newest.key_id else "older"


def _new(words: argparse.Namespace) -> Answer:
    folder = CityFolder(words.data.resolve())
    use(folder)
    from city import here  # noqa: PLC0415
    from city.keyring import add_sealing_key  # noqa: PLC0415

    key = add_sealing_key(folder, here.now())
    text = (
        f"{key.key_id}: terminals seal to it once they have heard of it; back up the city now: this key opens what they send from then on"
    )
    return Answer({"status": "made", "key": key.key_id, "suite": str(key.suite)}, text)


def _retire(words: argparse.Namespace) -> Answer:
    folder = CityFolder(words.data.resolve())
    use(folder)
    from city import here  # noqa: PLC0415
    from city.keyring import destroy_sealing_key, withdraw_sealing_key  # noqa: PLC0415
    from city.onewindow.sealing import may_still_send, stored_by_key  # noqa: PLC0415

    keys = here.keys()
    if words.key not in keys.opening:
        return failed("unknown", f"--key {words.key!r}: the city has no such key; `city sealing-key list` shows them")
    if words.key == keys.newest.key_id:
        return failed("in_use", f"{words.key} is what terminals seal to; make another first: `city sealing-key new --data {folder.root}`")
    if not words.even_if_on_the_way:
        holding = list(may_still_send())
        if holding:
            return _on_the_way(words.key, holding)
    withdraw_sealing_key(folder, words.key)
    stored = stored_by_key()[words.key]
    body = {"status": "retired", "key": words.key, "stored": stored, "removed": not stored}
    if stored:
        return Answer(body, f"{words.key}: nobody seals to it any more; it stays to open {stored} stored applications")
    destroy_sealing_key(folder, words.key)
    return Answer(body, f"{words.key}: nobody seals to it any more, and it was removed: nothing stored needs it. Backups may still hold it")


def _on_the_way(key_id: str, holding: list[str]) -> Answer:
    named = ", ".join(holding[:_NAMED]) + (" …" if len(holding) > _NAMED else "")
    text = (
        f"{key_id}: {len(holding)} terminals may still hold applications sealed to it: {named}. Each has to fetch the keys, send all it has"
        " and say so (within some 15 minutes of a good line); withdraw those that are gone for good, or add --even-if-on-the-way"
    )
    return Answer({"status": "on_the_way", "terminals": holding, "message": text}, text, done=False)
