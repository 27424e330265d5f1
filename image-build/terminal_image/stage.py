"""Steps of a build that are done again only when what they are made from has changed."""

import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path


class BuildError(RuntimeError):
    """A step failed; the message says which, and how its program complained."""


def run(*command: str | Path, environment: Mapping[str, str] | None = None, stdin: bytes | None = None) -> str:
    """Run a program and return what it wrote.

    Raises:
        BuildError: It is not installed, or ended with an error.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, capture_output=True, check=False, env=environment, input=stdin)
    except FileNotFoundError:
        raise BuildError(f"{words[0]} is not installed; run: make image-tools") from None
    if done.returncode != 0:
        raise BuildError(f"{' '.join(words[:6])}: {done.stderr.decode(errors='replace').strip()[-1500:]}")
    return done.stdout.decode(errors="replace")


def digest_of(parts: Iterable[str | Path]) -> str:
    """Return one digest over texts, and over the names, modes and contents of files and folders."""
    whole = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            whole.update(b"text\0" + part.encode() + b"\0")
            continue
        for path in sorted(part.rglob("*")) if part.is_dir() else [part]:
            if path.is_file() and "__pycache__" not in path.parts:
                name = str(path.relative_to(part)) if part.is_dir() else part.name
                whole.update(f"{name}\0{path.stat().st_mode:o}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


class Stages:
    """The folder in which a build keeps its steps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def done(self, name: str, made_from: Sequence[str | Path], make: Callable[[Path], None]) -> Path:
        """Return the step's file or folder, made anew by `make` when `made_from` has changed or its last making broke off."""
        place, mark = self.folder / name, self.folder / f".{name}.made-from"
        digest = digest_of(made_from)
        if place.exists() and mark.exists() and mark.read_text(encoding="ascii") == digest:
            return place
        mark.unlink(missing_ok=True)
        _remove(place)
        began = time.monotonic()
        print(f"==> {name}", file=sys.stderr, flush=True)
        make(place)
        mark.write_text(digest, encoding="ascii")
        print(f"    {name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        return place


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
