"""`city backup` and `city restore`: everything of a city in one file, and back."""

import argparse
from pathlib import Path

from city.commands.answer import Answer, Commands, add_command, failed
from city.folder import CityFolder


def add(commands: Commands) -> None:
    """Add both commands."""
    parser = add_command(
        commands,
        "backup",
        run,
        "write keys, settings, catalogue, photos and the database into one file; the city may go on serving",
        "city backup --data ./city-data --to /backup/city-2026-11-25.tar.zst",
    )
    parser.add_argument("--to", required=True, type=Path, metavar="FILE", help="a new file; it will hold the city's secret keys")
    parser = add_command(
        commands,
        "restore",
        run_restore,
        "bring a backup back into a new data directory",
        "city restore --data ./city-again --from /backup/city-2026-11-25.tar.zst",
    )
    parser.add_argument("--from", dest="source", required=True, type=Path, metavar="FILE", help="what `city backup` made")
    parser.add_argument("--database", metavar="URL", help="an empty PostgreSQL database, in place of the one that the backup names")


def run(words: argparse.Namespace) -> Answer:
    """Back up."""
    from city.backup import BackupError, write  # noqa: PLC0415  brings the compressor

    folder = CityFolder(words.data.resolve())
    settings = folder.settings()
    target = words.to.resolve()
    if not target.parent.is_dir():
        return failed("no_folder", f"{target.parent} is not there; make it first")
    try:
        count = write(folder, target)
    except BackupError as error:
        return failed("not_made", str(error))
    body = {"status": "done", "file": str(target), "files": count, "bytes": target.stat().st_size, "photos": settings.s3_bucket is None}
    note = "" if settings.s3_bucket is None else f"\nThe photos stand in the store {settings.s3_bucket}: back that up by itself."
    return Answer(body, f"{target}: {count} files. It holds the city's secret keys: keep it where those may be kept.{note}")


def run_restore(words: argparse.Namespace) -> Answer:
    """Restore."""
    from city.backup import BackupError, restore  # noqa: PLC0415

    root = words.data.resolve()
    try:
        count = restore(words.source, root, words.database)
    except BackupError as error:
        return failed("not_restored", str(error))
    return Answer({"status": "done", "data": str(root), "files": count}, f"{root}: {count} files. Then: city init --data {root}")
