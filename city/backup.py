"""Backup and restore of one city: its folder and its database in one file, each entry with its SHA-256.

The database is copied first and the photos after it, so every photo that a row of the copy names is in the file; what arrives
meanwhile is in the next one. The file holds the city's secret keys and is made readable by its owner only.
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import zstandard

from city.folder import CityFolder, keep_name
from city.settings import database

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
_PIECE = 1024 * 1024
_LEFT_OUT = {"uploads"}
"""Photos that have not arrived whole: terminals send them again."""


class BackupError(RuntimeError):
    """The file is not a whole backup, or a program that is needed failed; the message says what to do."""


def write(folder: CityFolder, target: Path) -> int:
    """Write everything of the city into `target` and return how many files it holds.

    Raises:
        BackupError: `target` is there already, or the database could not be copied.
        FolderError: The folder is no city's.
    """
    settings = folder.settings()
    if target.exists():
        raise BackupError(f"{target} is there already; name a new file")
    draft = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with tempfile.TemporaryDirectory(prefix="city-backup-", dir=target.parent) as scratch:
            dump = Path(scratch) / DUMP
            _dump(database(folder, settings.database_url), dump)
            count = _pack(folder, dump, draft)
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    keep_name(target.parent)
    return count


def restore(source: Path, root: Path, database_url: str | None = None) -> int:
    """Bring a backup back into the new folder `root` and return how many files it held.

    Args:
        source: A file that `write` made.
        root: A folder that is not there, or is empty.
        database_url: An empty PostgreSQL database in place of the one that the backup's city.toml names.

    Raises:
        BackupError: The file is damaged, or the database is not empty; nothing is left of the attempt in `root`.
    """
    if root.exists() and any(root.iterdir()):
        raise BackupError(f"{root} is not empty; restore into a new folder")
    draft = root.with_name(f".{root.name}.{os.getpid()}.new")
    draft.mkdir(parents=True, mode=0o700)
    try:
        count = _unpack(source, draft)
        folder = CityFolder(draft)
        if database_url is not None:
            _name_database(folder, database_url)
        _load(database(folder, folder.settings().database_url), draft / DUMP)
        (draft / DUMP).unlink(missing_ok=True)
        if root.exists():
            root.rmdir()
        draft.rename(root)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    keep_name(root.parent)
    return count


def _files(folder: CityFolder) -> Iterator[Path]:
    for path in sorted(folder.root.rglob("*")):
        first = path.relative_to(folder.root).parts[0]
        is_database = path.name.startswith(folder.database.name)
        if path.is_file() and not path.is_symlink() and first not in _LEFT_OUT and not is_database and not path.name.startswith("."):
            yield path


def _pack(folder: CityFolder, dump: Path, draft: Path) -> int:
    digests: dict[str, str] = {}
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        with zstandard.ZstdCompressor(level=3).stream_writer(file, closefd=False) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
            for name, path in ((DUMP, dump), *((str(one.relative_to(folder.root)), one) for one in _files(folder))):
                digests[name] = _add(tar, name, path)
            manifest = json.dumps({"format": FORMAT, "files": digests}).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size = len(manifest)
            tar.addfile(entry, io.BytesIO(manifest))
        file.flush()
        os.fsync(file.fileno())
    return len(digests)


def _add(tar: tarfile.TarFile, name: str, path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = os.fstat(file.fileno()).st_size, 0o600
        tar.addfile(entry, file)
    return digest


def _unpack(source: Path, draft: Path) -> int:
    found: dict[str, str] = {}
    said: dict[str, Any] = {}
    try:
        with (
            source.open("rb") as file,
            zstandard.ZstdDecompressor().stream_reader(file) as packed,
            tarfile.open(fileobj=packed, mode="r|") as tar,
        ):
            for entry in tar:
                content = tar.extractfile(entry)
                if content is None:
                    raise BackupError(f"{source}: {entry.name!r} is not a plain file")
                if entry.name == MANIFEST:
                    said = json.loads(content.read(64 * 1024 * 1024))
                else:
                    found[entry.name] = _take_out(content, entry.name, draft, source)
    except FileNotFoundError as error:
        raise BackupError(f"{source}: there is no such file") from error
    except (OSError, tarfile.TarError, zstandard.ZstdError, ValueError) as error:
        raise BackupError(f"{source}: not a whole backup ({type(error).__name__}); take another one") from error
    if said.get("format") != FORMAT or said.get("files") != found:
        raise BackupError(f"{source}: not a whole backup: its files are not those that its manifest names")
    return len(found)


def _take_out(content: Any, name: str, draft: Path, source: Path) -> str:  # noqa: ANN401  tarfile's reader has no public type
    place = (draft / name).resolve()
    if not place.is_relative_to(draft.resolve()):
        raise BackupError(f"{source}: {name!r} leads out of the folder")
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        while piece := content.read(_PIECE):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _name_database(folder: CityFolder, url: str) -> None:
    """Write the new address into city.toml, whatever stood there."""
    lines = folder.toml.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.lstrip().startswith("url =")]
    place = kept.index("[database]") + 1 if "[database]" in kept else 0
    kept[place:place] = [*([] if place else ["[database]"]), f"url = {json.dumps(url)}"]
    folder.toml.write_text("\n".join(kept) + "\n", encoding="utf-8")


def _dump(entry: dict[str, Any], dump: Path) -> None:
    if entry["ENGINE"].endswith("sqlite3"):
        if not Path(entry["NAME"]).is_file():
            raise BackupError(f"{entry['NAME']} is not there; run `city init` first")
        with closing(sqlite3.connect(f"file:{entry['NAME']}?mode=ro", uri=True)) as old, closing(sqlite3.connect(dump)) as new:
            old.backup(new)
        return
    _run("pg_dump", entry, "--format=custom", "--no-owner", "--file", str(dump), "--dbname", entry["NAME"])


def _load(entry: dict[str, Any], dump: Path) -> None:
    if entry["ENGINE"].endswith("sqlite3"):
        shutil.copyfile(dump, entry["NAME"])
        Path(entry["NAME"]).chmod(0o600)
        return
    tables = _run("psql", entry, "-Atc", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "--dbname", entry["NAME"])
    if tables.strip() != "0":
        raise BackupError(f"the database {entry['NAME']} is not empty; make a new one and name it with --database")
    _run("pg_restore", entry, "--no-owner", "--exit-on-error", "--single-transaction", "--dbname", entry["NAME"], str(dump))


def _run(program: str, entry: dict[str, Any], *words: str) -> str:
    """Run one of PostgreSQL's own programs; the password goes by the environment, where no list of processes shows it."""
    address = {"PGHOST": entry["HOST"], "PGPORT": entry["PORT"], "PGUSER": entry["USER"], "PGPASSWORD": entry["PASSWORD"]}
    environment = {**os.environ, **{name: value for name, value in address.items() if value}}
    try:
        done = subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError as error:
        raise BackupError(f"{program} is not installed; run: apt install postgresql-client") from error
    if done.returncode != 0:
        raise BackupError(f"{program}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")
    return done.stdout
