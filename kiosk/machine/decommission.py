"""Ends a terminal's life: keys first, then everything that it kept, then a proof of what was done and what was looked for afterwards.

What matters is the order. Without its keys the outbox and the terminal's identity are worth nothing, whatever a disk keeps of deleted
blocks; on a machine with a TPM the sealed keys are bound to it besides. Each file is overwritten before it goes: on a disk that remaps
blocks that is no promise, which is why the keys come first.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from kiosk.config import Config, places
from kiosk.receipt.sheet import HEADING, SMALL, TEXT, Bar, Block, Line, Row, Rule
from peripherals.values import dataclass

_PIECE: Final = 1024 * 1024


class Proof(msgspec.Struct, frozen=True):
    """What was done, to be printed and kept by whoever has to account for it.

    Attributes:
        terminal: Which one it was.
        at: When, aware.
        by: Who did it.
        key: SHA-256 of the terminal's public key, so that its admission can be withdrawn for exactly this one; empty when it had none.
        keys: How many key files were overwritten and removed.
        files: How many others.
        waiting: Applications that the city did not have; they are gone unless they were carried away.
        left: What could not be removed; a proof with any is none.
    """

    terminal: str
    at: datetime
    by: str
    key: str
    keys: int
    files: int
    waiting: int
    left: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Names this proof, for the record."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16].upper()


@dataclass(frozen=True, slots=True)
class Remains:
    """The folders and files that make a terminal, keys first."""

    keys: tuple[Path, ...]
    others: tuple[Path, ...]

    @classmethod
    def of(cls, config: Config, config_file: Path) -> "Remains":
        """Return what there is of a terminal. The image, and what the city's people keep, are not of it."""
        own, beside = places(config), config_file.parent
        laid_over = own.keys.is_mount()  # by systemd, from the sealed ones into memory: nothing of it is on the disk
        keys = (beside / "credentials",) if laid_over else (own.keys, beside / "credentials")
        others = (own.folder, beside / "set-up", beside / "network.json", config_file)
        return cls(keys, others)


def decommission(
    config: Config, config_file: Path, by: str, now: datetime, *, public_key: bytes, waiting: int, spared: Path | None = None
) -> Proof:
    """Destroy keys and data, look whether anything is left, and return the proof.

    Args:
        config: The terminal's.
        config_file: Where it was read from; it goes last, so that a cut in between can be continued.
        by: Who does it: a technician's number.
        now: Aware.
        public_key: The terminal's, 32 bytes; empty where there was none.
        waiting: How many applications the city does not have.
        spared: A folder that stays for now: sockets, over which the proof is printed and told.
    """
    remains = Remains.of(config, config_file)
    keys = sum(_destroyed(path, spared) for path in remains.keys)
    os.sync()
    files = sum(_destroyed(path, spared) for path in remains.others)
    os.sync()
    left = tuple(dict.fromkeys(str(path) for top in (*remains.keys, *remains.others) for path in _files_in(top, spared)))
    key = hashlib.sha256(public_key).hexdigest() if public_key else ""
    return Proof(config.terminal.id, now.replace(microsecond=0), by, key, keys, files, waiting, left)


def sweep(config: Config, config_file: Path, spared: Path | None = None) -> None:
    """Destroy what was written after the end, such as how many slips the printer has printed: its proof was one."""
    remains = Remains.of(config, config_file)
    for path in (*remains.keys, *remains.others):
        _destroyed(path, spared)
    os.sync()


def proof_blocks(proof: Proof) -> tuple[Block, ...]:
    """Return what stands on the printed proof."""
    is_whole = not proof.left
    return (
        Line("便民服务终端", HEADING, is_bold=True),
        Bar("停用销毁证明" if is_whole else "销毁未完成"),
        Row("机身编号", proof.terminal),
        Row("时间", f"{proof.at:%Y-%m-%d %H:%M}"),
        Row("经手人", proof.by),
        Rule(),
        Row("密钥文件", f"{proof.keys} 个，已覆写并删除"),
        Row("数据文件", f"{proof.files} 个，已覆写并删除"),
        Row("未送达的件", f"{proof.waiting} 件"),
        Row("复查", "没有残留" if is_whole else f"还有 {len(proof.left)} 个，不能算数"),
        Rule(),
        Line(f"证明编号 {proof.digest}", TEXT, is_bold=True),
        Line(f"密钥指纹 {proof.key[:32] or '无'}", SMALL, is_centred=False),
        Line("市里撤销准入后，这台机器的身份才算终止", SMALL, is_centred=False),
        Line("签字：____________________", HEADING, is_centred=False),
    )


def _destroyed(top: Path, spared: Path | None) -> int:
    """Overwrite and remove what is there; tell how many files that were. What cannot be removed is found by looking afterwards."""
    count = 0
    for path in _files_in(top, spared):
        try:
            _overwrite(path)
            path.unlink()
            count += 1
        except OSError:
            continue
    folders = [top, *(path for path in top.rglob("*") if path.is_dir() and not path.is_symlink())] if top.is_dir() else []
    for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
        try:
            folder.rmdir()
        except OSError:
            continue
    return count


def _overwrite(path: Path) -> None:
    """Put noise over a plain file's bytes; a link's target is somebody else's."""
    if path.is_symlink() or not path.is_file():
        return
    with path.open("r+b", buffering=0) as file:
        left = os.fstat(file.fileno()).st_size
        while left > 0:
            left -= file.write(secrets.token_bytes(min(_PIECE, left))) or 0
        os.fsync(file.fileno())


def _files_in(top: Path, spared: Path | None = None) -> Iterator[Path]:
    if top.is_symlink() or top.is_file():
        yield top
    elif top.is_dir():
        found = (path for path in sorted(top.rglob("*")) if path.is_symlink() or not path.is_dir())
        yield from (path for path in found if spared is None or not (path == spared or path.is_relative_to(spared)))
