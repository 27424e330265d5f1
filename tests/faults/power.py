"""What a power cut leaves: a disk that keeps only what was synced, and of the rest as little, as much or as torn a part as it likes.

`power.c` writes down what a program did to its folder. Here that is played up to any moment, and the folder is laid out as it might
be found after the power came back. A file's content is safe after it was synced, a name after its folder was.
"""

import os
import random
import struct
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import pytest

_HEAD = struct.Struct("<cQQI")
_SECTOR = 512


class Loss(StrEnum):
    """What becomes of what was not synced."""

    ALL = "all"
    SOME = "some"  # each write by chance, names up to some moment
    TORN = "torn"  # as SOME, and writes end in the middle, at a sector


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a program did."""

    kind: str
    first: int
    second: int
    data: bytes

    @property
    def paths(self) -> list[str]:
        return [part.decode() for part in self.data.split(b"\0")]


@dataclass(slots=True)
class _File:
    safe: bytearray = field(default_factory=bytearray)
    unsafe: list[Step] = field(default_factory=list)


@dataclass(slots=True)
class _Naming:
    """A change of names: made, renamed, removed."""

    step: Step


def recorded(command: Sequence[str], folder: Path, log: Path, cwd: Path) -> list[Step]:
    """Run a program and return what it did to `folder`, in order; what it printed are steps of the kind P."""
    library = log.with_suffix(".so")
    if not library.exists():
        source = Path(__file__).with_name("power.c")
        made = subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], capture_output=True, check=False)
        if made.returncode != 0:
            pytest.skip("there is no C compiler here")
    log.unlink(missing_ok=True)
    environment = {**os.environ, "LD_PRELOAD": str(library), "POWER_FOLDER": str(folder), "POWER_LOG": str(log)}
    done = subprocess.run(list(command), env=environment, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return list(_steps(log.read_bytes()))


def _steps(log: bytes) -> Iterator[Step]:
    at = 0
    while at < len(log):
        kind, first, second, size = _HEAD.unpack_from(log, at)
        at += _HEAD.size
        yield Step(kind.decode(), first, second, log[at : at + size])
        at += size


class Disk:
    """A folder as the steps leave it, with what is safe and what is not."""

    def __init__(self, folder: Path) -> None:
        """Begin with what lies in `folder` now, all of it safe."""
        self._folder = folder
        self._files: list[_File] = []
        self._file_of: dict[int, int] = {}  # inodes are used again, places in the list above are not
        self._names: dict[str, int] = {}  # of files; safe ones
        self._folder_of: dict[int, str] = {folder.stat().st_ino: str(folder)}
        self._namings: list[_Naming] = []
        for path in folder.rglob("*"):
            if path.is_dir():
                self._folder_of[path.stat().st_ino] = str(path)
            elif path.is_file():
                self._names[str(path)] = self._new_file(path.stat().st_ino, path.read_bytes())

    def play(self, step: Step) -> None:
        """Do one more step."""
        match step.kind:
            case "W" | "T" | "A":
                self._files[self._file_of[step.first]].unsafe.append(step)
            case "S" if step.first in self._file_of:
                file = self._files[self._file_of[step.first]]
                for write in file.unsafe:
                    _apply(file.safe, write)
                file.unsafe.clear()
            case "S":
                self._sync_folder(step.first)
            case "C":
                self._namings.append(_Naming(replace(step, second=self._new_file(step.first))))
            case "D":
                self._folder_of[step.first] = step.paths[0]  # a folder's own name is taken as safe: it is made once, at the first start
            case "R" | "U" | "L":
                self._namings.append(_Naming(step))
            case _:
                pass

    def lay_out(self, to: Path, loss: Loss, chance: random.Random) -> None:
        """Make `to` what the folder is found as after a cut now."""
        names = dict(self._names)
        cut = {path: chance.random() for path in self._folder_of.values()}
        waiting: dict[str, list[_Naming]] = {}
        for naming in self._namings:
            waiting.setdefault(_folder_of_naming(naming.step), []).append(naming)
        kept = {id(naming) for place, some in waiting.items() for naming in some[: int(cut.get(place, 0.0) * (len(some) + 1))]}
        for naming in self._namings:
            if loss is not Loss.ALL and id(naming) in kept:
                _name(names, naming.step)
        for path in self._folder_of.values():
            (to / Path(path).relative_to(self._folder)).mkdir(parents=True, exist_ok=True)
        for path, place in names.items():
            if path.endswith("-shm"):
                continue  # lives in memory, and is made anew
            content = self._left(self._files[place], loss, chance)
            (to / Path(path).relative_to(self._folder)).write_bytes(content)

    def _new_file(self, inode: int, content: bytes = b"") -> int:
        self._files.append(_File(bytearray(content)))
        self._file_of[inode] = len(self._files) - 1
        return self._file_of[inode]

    def _left(self, file: _File, loss: Loss, chance: random.Random) -> bytes:
        content = bytearray(file.safe)
        for write in file.unsafe if loss is not Loss.ALL else ():
            if chance.random() < 0.5:
                continue
            if loss is Loss.TORN and write.kind == "W" and len(write.data) > _SECTOR:
                part = chance.randrange(0, len(write.data) // _SECTOR + 1) * _SECTOR
                _apply(content, Step("W", write.first, write.second, write.data[:part]))
            else:
                _apply(content, write)
        return bytes(content)

    def _sync_folder(self, inode: int) -> None:
        for naming in [naming for naming in self._namings if _folder_of_naming(naming.step) == self._folder_of.get(inode)]:
            _name(self._names, naming.step)
            self._namings.remove(naming)


def _folder_of_naming(step: Step) -> str:
    return str(Path(step.paths[-1]).parent)


def _name(names: dict[str, int], step: Step) -> None:
    match step.kind:
        case "C":
            names[step.paths[0]] = step.second
        case "R" if step.paths[0] in names:
            names[step.paths[1]] = names.pop(step.paths[0])
        case "L" if step.paths[0] in names:
            names[step.paths[1]] = names[step.paths[0]]
        case "U":
            names.pop(step.paths[0], None)
        case _:
            pass


def _apply(content: bytearray, write: Step) -> None:
    match write.kind:
        case "W":
            end = write.second + len(write.data)
            if len(content) < write.second:
                content.extend(bytes(write.second - len(content)))
            content[write.second : end] = write.data
        case "T":
            if write.second < len(content):
                del content[write.second :]
            else:
                content.extend(bytes(write.second - len(content)))
        case _:
            if write.second > len(content):
                content.extend(bytes(write.second - len(content)))
