"""Runs the sending process's wait under the system call filter and the address families of its unit, and says what woke it.

The filter is built with libseccomp from what systemd itself says of its groups, as systemd builds it.

    python -m tests.systemd.link_watch UNIT OUTBOX [--without FAMILY]
"""

import ctypes
import errno
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from sync.wake import WakeSocket

_ALLOW: Final = 0x7FFF0000
_EQUAL: Final = 4
_NOBODY: Final = 65534
_WITHIN_S: Final = 60.0


class _Argument(ctypes.Structure):
    """A `struct scmp_arg_cmp`."""

    _fields_ = (("place", ctypes.c_uint), ("how", ctypes.c_int), ("value", ctypes.c_uint64), ("more", ctypes.c_uint64))


def settings_of(unit: Path, name: str) -> list[str]:
    """Return every value of a setting, in order."""
    return re.findall(rf"^{name}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


def allowed_calls(unit: Path) -> set[str]:
    """Return the system calls that the unit's filter lets through."""
    allowed: set[str] = set()
    for words in settings_of(unit, "SystemCallFilter"):
        named = {call for word in words.removeprefix("~").split() for call in _calls(word)}
        allowed = allowed - named if words.startswith("~") else allowed | named
    return allowed


@cache
def _calls(word: str) -> frozenset[str]:
    if not word.startswith("@"):
        return frozenset((word,))
    shown = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True).stdout
    inner = [line.strip() for line in shown.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return frozenset(call for line in inner for call in _calls(line))


def confine(calls: Iterable[str], families: Iterable[int]) -> None:
    """Let this process make these system calls only, and sockets of these families only; all else fails with EPERM.

    Raises:
        OSError: The kernel or libseccomp does not take the filter.
    """
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(0x00050000 | errno.EPERM))
    for call in calls:
        number = library.seccomp_syscall_resolve_name(call.encode())
        if number < 0:  # not on this machine
            continue
        rules = [_Argument(0, _EQUAL, family, 0) for family in families] if call == "socket" else [None]
        for rule in rules:
            arguments = (_Argument * 1)(rule) if rule is not None else None
            if library.seccomp_rule_add_array(context, ctypes.c_uint32(_ALLOW), number, int(rule is not None), arguments):
                raise OSError(f"no rule for {call}")
    if failed := library.seccomp_load(context):
        raise OSError(-failed, "the filter was not taken")


def say(word: str) -> None:
    """Tell whoever started this."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    """Give up every right, close the filter, and wait."""
    unit, outbox, *less = sys.argv[1:]
    names = set(settings_of(Path(unit), "RestrictAddressFamilies")[-1].split()) - {word for word in less if word.startswith("AF_")}
    calls = allowed_calls(Path(unit))
    os.chdir(outbox)  # nobody may not walk to it
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    confine(calls, [int(getattr(socket, name)) for name in names])
    with WakeSocket(Path()) as shoulder:
        say("waiting")
        woken = shoulder.wait(_WITHIN_S if not less else 2.0)
    say(woken.value if woken else "nothing")


if __name__ == "__main__":
    main()
