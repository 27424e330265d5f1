"""`kiosk catalogue check|list`: whether item packages are fit for residents, and which there are in a folder."""

import argparse
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.config import load, sync_settings
from sync.contract.checking import Checked, check_folder
from sync.contract.findings import Weight
from sync.contract.item import ItemPackage
from sync.contract.signing_keys import KeyFileError, key_id_of, public_keys_in, read_public_key

_CHINA = timezone(timedelta(hours=8))
Keys = Mapping[str, Ed25519PublicKey]


def register(commands: Commands) -> None:
    """Add the commands."""
    catalogue = commands.add_parser("catalogue", help="check and list item packages", description="Check and list item packages.")
    words = catalogue.add_subparsers(title="commands", metavar="COMMAND", required=True)
    check = add_command(
        words,
        "check",
        _check,
        "say everything that is wrong with the item packages below a folder, with file, line and what to do",
        "kiosk catalogue check city/items",
    )
    check.add_argument("folder", type=Path, metavar="DIR", help="holds item.json files, or signed *.item.json files")
    listing = add_command(
        words,
        "list",
        _list,
        "list the item packages of a folder or of a terminal, the most used first",
        "kiosk catalogue list --config sandbox/kiosk.toml",
    )
    where = listing.add_mutually_exclusive_group(required=True)
    where.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="holds item.json files, or signed *.item.json files")
    where.add_argument(
        "--config", type=Path, metavar="FILE", help="a terminal's configuration: its own packages, verified with the city's keys"
    )
    for parser in (check, listing):
        parser.add_argument("--keys", type=Path, metavar="PATH", help="a public key (.pem) that may sign packages, or a folder of them")


def _check(arguments: argparse.Namespace) -> Answer:
    checked = _read(arguments)
    if isinstance(checked, Answer):
        return checked
    complaints = [one for file in checked for one in file.complaints]
    errors = sum(one.weight is Weight.ERROR for one in complaints)
    fit = all(file.is_fit for file in checked)
    body = {
        "status": "fit" if fit else "not_fit",
        "files": len(checked),
        "errors": errors,
        "warnings": len(complaints) - errors,
        "complaints": msgspec.to_builtins(complaints),
    }
    total = f"{len(checked)} packages, {errors} errors, {len(complaints) - errors} warnings"
    return Answer(body, "\n".join([*map(str, complaints), total]), done=fit)


def _list(arguments: argparse.Namespace) -> Answer:
    checked = _read(arguments)
    if isinstance(checked, Answer):
        return checked
    today = datetime.now(UTC).astimezone(_CHINA).date()
    packages = sorted((one for one in checked if one.package is not None), key=_most_used_first)
    items = [_row(one, one.package, today) for one in packages if one.package is not None]
    refused = [str(one.file) for one in checked if one.package is None]
    lines = [f"{row['code']:<28} {row['version']:>3}  {row['state']:<8} {row['name']}" for row in items]
    lines += [f"not a package: {file} (kiosk catalogue check says why)" for file in refused]
    return Answer({"status": "listed", "items": items, "refused": refused}, "\n".join(lines))


def _most_used_first(one: Checked) -> tuple[int, str, int]:
    return (-one.package.popularity, one.package.code, -one.package.version) if one.package else (0, "", 0)


def _row(one: Checked, package: ItemPackage, today: date) -> dict[str, Any]:
    return {
        "code": package.code,
        "version": package.version,
        "name": package.name.zh,
        "category": package.category,
        "valid_from": package.valid_from.isoformat(),
        "valid_until": package.valid_until.isoformat(),
        "state": _state(one, package, today),
        "file": str(one.file),
    }


def _state(one: Checked, package: ItemPackage, today: date) -> str:
    if not one.is_fit:
        return "not_fit"
    if today < package.valid_from:
        return "early"
    return "valid" if today <= package.valid_until else "over"


def _read(arguments: argparse.Namespace) -> tuple[Checked, ...] | Answer:
    folder, keys_at = arguments.folder, arguments.keys
    if folder is None:
        settings = sync_settings(load(arguments.config))
        folder, keys_at = settings.catalogue, settings.catalogue_keys
    if not folder.is_dir():
        return _refusal("no_folder", f"{folder}: there is no such folder")
    try:
        keys = None if keys_at is None else _keys_at(keys_at)
    except KeyFileError as error:
        return _refusal("no_key", str(error))
    return check_folder(folder, keys) or _refusal("no_packages", f"{folder}: no item.json and no signed *.item.json below it")


def _keys_at(path: Path) -> Keys:
    if path.is_dir():
        return public_keys_in(path)
    key = read_public_key(path)
    return {key_id_of(key): key}


def _refusal(status: str, text: str) -> Answer:
    return Answer({"status": status, "detail": text}, text, done=False)
