"""`city release`: makes the update channel, signs releases into it, and keeps it fresh."""

import argparse
from pathlib import Path

from city.channel.keys import KeyFolder
from city.channel.repository import ChannelError, Repository
from city.channel.virtual import wrap
from city.commands.answer import Answer, Commands, add_command, failed
from city.folder import CityFolder
from city.settings import use
from sync.contract.rollout import ReleaseNameError
from sync.contract.signing_keys import KeyFileError, read_secret_key

PUBLISH = "city release publish --data ./city-data --channel stable --version 2.4.2 --board x86-64 --bundle kiosk.raucb --keys /media/stick"


def add(commands: Commands) -> None:
    """Add the command and its words."""
    parser = commands.add_parser(
        "release",
        help="the update channel: make it, publish releases, sign it afresh",
        epilog=f"example:\n  {PUBLISH}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    acts = parser.add_subparsers(required=True, metavar="ACT")
    make = add_command(
        acts, "init", run_init, "make the channel and its keys; give terminals updates/metadata/1.root.json", "city release init --data D"
    )
    make.add_argument("--channel", action="append", metavar="NAME", help="again for each (stable)")
    publish = add_command(acts, "publish", run_publish, "sign a bundle into a channel", PUBLISH)
    publish.add_argument("--channel", default="stable", metavar="NAME", help="(stable)")
    publish.add_argument("--version", required=True, help="one to four numbers, such as 2.4.2")
    publish.add_argument("--board", required=True, help="for which machines, such as x86-64 or raspberry-pi-4")
    publish.add_argument("--bundle", required=True, type=Path, metavar="FILE", help="the RAUC bundle, as it was built")
    for each in (make, publish):
        each.add_argument("--keys", type=Path, metavar="DIR", help="the offline keys (release-keys in the data directory)")
    fresh = add_command(acts, "refresh", run_refresh, "sign afresh what runs out soon; for a daily timer", "city release refresh --data D")
    fresh.add_argument("--now", action="store_true", help="also what does not")
    listed = add_command(acts, "list", run_list, "list what a channel has", "city release list --data D")
    listed.add_argument("--channel", default="stable", metavar="NAME", help="(stable)")
    wrap = add_command(
        acts, "virtual", run_virtual, "wrap a file as a bundle for virtual slots (sandboxes and tests)", "city release virtual --data D …"
    )
    for name, help_ in (("version", "such as 2.4.2"), ("board", "such as virtual")):
        wrap.add_argument(f"--{name}", required=True, help=help_)
    wrap.add_argument("--image", required=True, type=Path, metavar="FILE", help="any file; it becomes the slot's content")
    wrap.add_argument("--out", required=True, type=Path, metavar="FILE", help="where the bundle is written")


def run_init(words: argparse.Namespace) -> Answer:
    """Make it."""
    folder = CityFolder(words.data.resolve())
    use(folder)
    made = _repository(folder, words.keys)
    try:
        made.make(tuple(words.channel or ("stable",)))
    except (ChannelError, ReleaseNameError) as error:
        return failed("refused", str(error))
    made.offline.make("image")
    body = {"status": "made", "root": str(folder.updates / "metadata" / "1.root.json"), "keys": str(made.offline.folder)}
    return Answer(body, f"Made {folder.updates}. Put {made.offline.folder} away: two of three keys are needed to publish.")


def run_publish(words: argparse.Namespace) -> Answer:
    """Publish."""
    folder = CityFolder(words.data.resolve())
    use(folder)
    from city.fleet.models import Act, note_act  # noqa: PLC0415

    try:
        target = _repository(folder, words.keys).add_release(words.channel, words.version, words.board, words.bundle)
    except (ChannelError, ReleaseNameError) as error:
        return failed("refused", str(error))
    note_act(Act.RELEASE_PUBLISHED, "", None, target.path)
    body = {"status": "published", "target": target.path, "bytes": target.length, "sha256": target.hashes["sha256"]}
    return Answer(body, f"Published {target.path} ({target.length} bytes). Nobody gets it before: city rollout start")


def run_refresh(words: argparse.Namespace) -> Answer:
    """Sign afresh."""
    folder = CityFolder(words.data.resolve())
    use(folder)
    is_new = _repository(folder, None).refresh(now=words.now)
    return Answer({"status": "refreshed" if is_new else "fresh"}, "signed afresh" if is_new else "nothing runs out soon")


def run_list(words: argparse.Namespace) -> Answer:
    """List."""
    folder = CityFolder(words.data.resolve())
    use(folder)
    try:
        found = _repository(folder, None).releases(words.channel)
    except ChannelError as error:
        return failed("refused", str(error))
    rows = [{"target": name, "bytes": target.length, "sha256": target.hashes["sha256"]} for name, target in sorted(found.items())]
    return Answer(rows, "\n".join(f"{row['target']}  {row['bytes']}" for row in rows) or "None yet.")


def run_virtual(words: argparse.Namespace) -> Answer:
    """Wrap."""
    folder = CityFolder(words.data.resolve())
    key = folder.root / "release-keys" / "image-1.secret.pem"
    try:
        words.out.write_bytes(wrap(words.image.read_bytes(), words.version, words.board, read_secret_key(key)))
    except OSError as error:
        return failed("bad_file", f"{error.filename}: {error.strerror}")
    except KeyFileError as error:
        return failed("no_key", f"{error}; `city release init` makes it")
    return Answer({"status": "wrapped", "bundle": str(words.out)}, str(words.out))


def _repository(folder: CityFolder, keys: Path | None) -> Repository:
    from city import here  # noqa: PLC0415
    from city.fleet.updates import repository  # noqa: PLC0415  models exist once Django is started

    return repository(folder, here.now(), None if keys is None else KeyFolder(keys))
