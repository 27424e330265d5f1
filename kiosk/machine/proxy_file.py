"""Puts another proxy into the terminal's own configuration: one line of it, and the login beside the keys."""

import re
import tomllib
from pathlib import Path
from typing import Final

from kiosk.config import ConfigError, load
from peripherals.secret import Secret
from sync.durable import sync_folder, write_durably

_TABLE: Final = re.compile(r"^\s*\[\s*([A-Za-z0-9_.]+)\s*\]")
_LINE: Final = re.compile(r"^\s*proxy\s*=")


def with_proxy(text: str, address: str) -> str:
    """Return a configuration with this proxy (`host:port`), or without one; nothing else of it changes, comments neither.

    Raises:
        ConfigError: It has no table [city] that this could be put into.
    """
    lines, table, done = [], "", False
    for line in text.splitlines(keepends=True):
        if header := _TABLE.match(line):
            table = header[1]
        if table == "city" and _LINE.match(line):
            continue
        lines.append(line if line.endswith("\n") else f"{line}\n")
        if header and table == "city" and address:
            lines.append(f'proxy = "http://{address}"\n')
            done = True
    made, wanted = "".join(lines), tomllib.loads(text)
    city = wanted.get("city")
    if isinstance(city, dict):
        city.pop("proxy", None)
        city |= {"proxy": f"http://{address}"} if address else {}
    if (address and not done) or not isinstance(city, dict) or tomllib.loads(made) != wanted:
        raise ConfigError("the configuration has no table [city] of its own lines; the proxy has to be put in by hand")
    return made


def keep_proxy(config_file: Path, login_file: Path, address: str, login: Secret[str]) -> None:
    """Write both down, the login first; the configuration is checked as the terminal will before it is put in force.

    Args:
        config_file: The terminal's.
        login_file: Where the login is laid; with none, an empty file says so.
        address: `host:port`, or nothing.
        login: `user:password`, or nothing.

    Raises:
        ConfigError: It would not be taken; what is in force stays.
        OSError: The disk does not take it.
    """
    draft = config_file.with_name(f"{config_file.name}.new")
    write_durably(draft, with_proxy(config_file.read_text(encoding="utf-8"), address).encode())
    try:
        load(draft)
        draft.chmod(config_file.stat().st_mode & 0o777)
        login_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        login_file.touch(mode=0o600)
        write_durably(login_file, f"{login.reveal()}\n".encode() if login.reveal() else b"")
        login_file.chmod(0o600)
        sync_folder(login_file.parent)
        draft.replace(config_file)
        sync_folder(config_file.parent)
    finally:
        draft.unlink(missing_ok=True)
