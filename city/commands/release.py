"""`city release`: makes the update channel, signs releases into it, and keeps it fresh."""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from city.channel import records
from city.channel.keys import KeyFolder
from city.channel.repository import ChannelError, Repository
from city.channel.virtual import wrap
from city.commands.answer import Answer, Commands, Runner, add_command, failed
from city.folder import CityFolder, FolderError
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
    publish.add_argument("--version", help="one to four numbers, such as 2.4.2")
    publish.add_argument("--board", help="for which machines, such as x86-64 or raspberry-pi-4")
    publish.add_argument("--bundle", type=Path, metavar="FILE", help="the RAUC bundle, as it was built")
    for each in (make, publish):
        each.add_argument("--keys", type=Path, metavar="DIR", help="the offline keys (release-keys in the data directory)")
    publish.add_argument("--record", type=Path, metavar="FILE", help="a record that was prepared and cosigned, instead of the three above")
    _add_records(acts)
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


def _add_records(acts: Commands) -> None:
    """Add what is done where the keys are, without the city, and how its work comes to the city."""
    first = "city release prepare --updates updates --version 2.4.2 --board x86-64 --bundle kiosk.raucb --keys /media/one --record r.json"
    second = "city release cosign --updates updates --keys /media/two --record r.json"
    prepare = _offline(acts, "prepare", run_prepare, "begin a release record with one key, away from the city", first)
    prepare.add_argument("--version", required=True, help="one to four numbers, such as 2.4.2")
    prepare.add_argument("--board", required=True, help="for which machines, such as x86-64 or raspberry-pi-4")
    prepare.add_argument("--bundle", required=True, type=Path, metavar="FILE", help="the RAUC bundle, as it was built")
    _offline(acts, "cosign", run_cosign, "look into a release record and add a signature to it", second)
    bring = add_command(
        acts, "bring", run_bring, "lay a bundle down at the city, for a record to name", "city release bring --data D --bundle kiosk.raucb"
    )
    bring.add_argument("--bundle", required=True, type=Path, metavar="FILE")


def _offline(acts: Commands, name: str, run: Runner, help_: str, example: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(
        name, help=help_, description=help_, epilog=f"example:\n  {example}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--updates", type=Path, required=True, metavar="DIR", help="a fresh copy of the city's updates/")
    parser.add_argument("--keys", type=Path, required=True, metavar="DIR", help="this person's medium: one secret half, all public ones")
    parser.add_argument("--record", type=Path, required=True, metavar="FILE", help="the record, written there")
    parser.add_argument("--channel", default="stable", metavar="NAME", help="(stable)")
    parser.add_argument("--json", action="store_true", help="answer in JSON on standard output")
    parser.set_defaults(run=run)
    return parser


def run_prepare(words: argparse.Namespace) -> Answer:
    """Begin a record."""
    copy = _copy(words)
    return _recorded(words, copy, lambda: records.prepare(copy, words.channel, words.version, words.board, words.bundle))


def run_cosign(words: argparse.Namespace) -> Answer:
    """Add a signature."""
    copy = _copy(words)
    return _recorded(words, copy, lambda: records.cosign(copy, words.channel, words.record.read_bytes()))


def run_bring(words: argparse.Namespace) -> Answer:
    """Bring a bundle."""
    folder = CityFolder(words.data.resolve())
    use(folder)
    try:
        digest = records.bring(_repository(folder, None), words.bundle)
    except ChannelError as error:
        return failed("refused", str(error))
    return Answer({"status": "here", "sha256": digest}, f"{digest} lies here. Now the record, in the console or with --record.")


def _copy(words: argparse.Namespace) -> Repository:
    return Repository(words.updates, KeyFolder(words.keys), KeyFolder(words.keys), datetime.now(UTC))


def _recorded(words: argparse.Namespace, copy: Repository, make: Callable[[], bytes]) -> Answer:
    try:
        record = make()
        words.record.write_bytes(record)
        looked = records.look(copy, words.channel, record)
    except (ChannelError, FolderError, ReleaseNameError) as error:
        return failed("refused", str(error))
    except OSError as error:
        return failed("bad_file", f"{error.filename}: {error.strerror}")
    added = [{"target": one.name, "bytes": one.size_bytes, "sha256": one.sha256} for one in looked.added]
    body = {"status": "signed", "signed": looked.signed, "needed": looked.needed, "added": added}
    lines = [f"{one.name}  {one.size_bytes} bytes  {one.sha256}" for one in looked.added]
    return Answer(body, "\n".join([*lines, f"{looked.signed} of {looked.needed} signatures: {words.record}"]))


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

    if words.record is not None:
        return _publish_record(folder, words)
    if None in (words.version, words.board, words.bundle):
        return failed("refused", "name --version, --board and --bundle; or a --record that was prepared elsewhere")
    try:
        target = _repository(folder, words.keys).add_release(words.channel, words.version, words.board, words.bundle)
    except (ChannelError, ReleaseNameError) as error:
        return failed("refused", str(error))
    note_act(Act.RELEASE_PUBLISHED, "", None, target.path)
    body = {"status": "published", "target": target.path, "bytes": target.length, "sha256": target.hashes["sha256"]}
    return Answer(body, f"Published {target.path} ({target.length} bytes). Nobody gets it before: city rollout start")


def _publish_record(folder: CityFolder, words: argparse.Namespace) -> Answer:
    from city.fleet.models import Act, note_act  # noqa: PLC0415

    try:
        looked = records.publish(_repository(folder, None), words.channel, words.record.read_bytes())
    except ChannelError as error:
        return failed("refused", str(error))
    except OSError as error:
        return failed("bad_file", f"{error.filename}: {error.strerror}")
    names = [one.name for one in looked.added]
    for name in names:
        note_act(Act.RELEASE_PUBLISHED, "", None, name)
    return Answer({"status": "published", "targets": names}, f"Published {', '.join(names)}. Nobody gets it before: city rollout start")


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
