"""A power cut at any moment: watches what is written below a folder, stops everything at the n-th step, and leaves what a disk would have.

What was written and not synced is gone. What was renamed and not synced in its folder is gone too, or there already, as the test wants.
"""

import builtins
import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


class PowerCut(BaseException):
    """The power is gone: nobody catches this, no `finally` below matters for what is on the disk."""


class Disk:
    """The disk under `root`. `steps` counts everything that changes or secures something."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.steps = 0
        self.cut_at: int | None = None
        self._is_off = False
        self._synced: dict[int, bytes] = {}  # by inode: what is on the platter
        self._names: dict[str, int] = {}  # what the folders on the platter say
        self._pending: list[tuple[str, int | None]] = []
        self._patch(patch)
        self.settle()

    def settle(self) -> None:
        """Everything that is there now is on the platter."""
        self._synced, self._names, self._pending = {}, {}, []
        for path in self.root.rglob("*"):
            if path.is_file() and not path.is_symlink():
                inode = path.stat().st_ino
                self._synced[inode] = path.read_bytes()
                self._names[str(path)] = inode

    def cut(self, step: int | None) -> None:
        """Cut the power at this step, counted from now; None never."""
        self.steps, self.cut_at, self._is_off = 0, step, False

    def after_the_cut(self, *, names_survive: bool) -> None:
        """Put the folder into the state that the disk has when the power is back."""
        self._is_off = True
        names = dict(self._names)
        if names_survive:
            for name, inode in self._pending:
                if inode is None:
                    names.pop(name, None)
                else:
                    names[name] = inode
        content = {name: self._synced.get(inode, b"") for name, inode in names.items()}
        folders = [path for path in self.root.rglob("*") if path.is_dir()]
        for path in list(self.root.iterdir()):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        for name, data in content.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(data)
        self._is_off = False
        self.cut_at = None
        self.settle()

    def _ours(self, path: Any) -> str | None:  # noqa: ANN401
        if isinstance(path, int):
            path = str(Path(f"/proc/self/fd/{path}").readlink()).removesuffix(" (deleted)")
        text = os.path.abspath(os.fspath(path))  # noqa: PTH100  links are not followed
        return text if isinstance(text, str) and text.startswith(str(self.root)) else None

    def _step(self) -> None:
        if self._is_off:
            return
        self.steps += 1
        if self.cut_at is not None and self.steps >= self.cut_at:
            self._is_off = True
            raise PowerCut

    def _patch(self, patch: pytest.MonkeyPatch) -> None:
        real_replace, real_rename, real_unlink, real_open, real_write = (
            os.replace,
            os.rename,
            os.unlink,
            os.open,
            os.write,
        )

        def fsync(descriptor: int) -> None:
            name = self._ours(descriptor)
            if name is not None:
                self._step()
                if os.path.isdir(name):  # noqa: PTH112
                    self._keep_names(name)
                else:
                    with open(f"/proc/self/fd/{descriptor}", "rb") as file:  # noqa: PTH123
                        self._synced[os.fstat(descriptor).st_ino] = file.read()

        def replace(source: Any, target: Any, **more: Any) -> None:  # noqa: ANN401
            ours = self._ours(target)
            if ours is not None:
                self._step()
                inode = os.stat(source).st_ino  # noqa: PTH116
                self._pending += [(str(self._ours(source)), None), (ours, inode)]
            real_replace(source, target, **more)

        def unlink(path: Any, **more: Any) -> None:  # noqa: ANN401
            ours = self._ours(path)
            if ours is not None:
                self._step()
                self._pending.append((ours, None))
            real_unlink(path, **more)

        def open_(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:  # noqa: ANN401
            ours = self._ours(path)
            if ours is not None and flags & (os.O_CREAT | os.O_TRUNC):
                self._step()
                descriptor = real_open(path, flags, mode, **more)
                self._pending.append((ours, os.fstat(descriptor).st_ino))
                return descriptor
            return real_open(path, flags, mode, **more)

        def write(descriptor: int, data: Any) -> int:  # noqa: ANN401
            if self._ours(descriptor) is not None:
                self._step()
            return real_write(descriptor, data)

        patch.setattr(os, "fsync", fsync)
        patch.setattr(os, "replace", replace)
        patch.setattr(
            os,
            "rename",
            lambda source, target, **more: replace(source, target, **more) if self._ours(target) else real_rename(source, target, **more),
        )
        patch.setattr(os, "unlink", unlink)
        patch.setattr(os, "remove", unlink)
        patch.setattr(os, "open", open_)
        patch.setattr(os, "write", write)
        assert builtins.open is io.open

    def _keep_names(self, folder: str) -> None:
        rest = []
        for name, inode in self._pending:
            if os.path.dirname(name) != folder:  # noqa: PTH120
                rest.append((name, inode))
            elif inode is None:
                self._names.pop(name, None)
            else:
                self._names[name] = inode
        self._pending = rest


def each_cut(disk: Disk, begin: Callable[[], None], act: Callable[[], None], judge: Callable[[], None], *, stride: int) -> int:
    """Run `act` whole once to count its steps, then again for each `stride`-th step with the power cut there; return the number of steps.

    With a stride of one, both ways: with names that survived and without; with more, by turns.
    """
    begin()
    disk.settle()
    disk.cut(None)
    act()
    steps = disk.steps
    judge()
    for step in range(1, steps + 1, stride):
        for names_survive in (False, True) if stride == 1 else (step // stride % 2 == 0,):
            begin()
            disk.settle()
            disk.cut(step)
            try:
                act()
            except PowerCut:
                disk.after_the_cut(names_survive=names_survive)
            disk.cut(None)
            judge()
    return steps
