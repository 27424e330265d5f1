"""The command `city`: the other end of the terminals, for pilots, tests and towns without a platform."""

import argparse
import json
import sys
from collections.abc import Sequence

from django.db.utils import OperationalError

from city.commands import (
    admission,
    applications,
    backup,
    bridge,
    daily,
    enrol,
    init,
    messages,
    publish_items,
    push,
    receive,
    reconcile_bills,
    release,
    rollout,
    samples,
    sealing_key,
    serve,
    technician,
    watch,
    windows,
)
from city.commands import map as map_command
from city.commands.answer import Answer, failed
from city.folder import FolderError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 an expected failure, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="city", description="The city's end of the community terminals (便民终端).")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (
        init,
        serve,
        admission,
        enrol,
        publish_items,
        applications,
        release,
        rollout,
        technician,
        sealing_key,
        map_command,
        samples,
        watch,
        daily,
        messages,
        backup,
        reconcile_bills,
        push,
        windows,
        bridge,
        receive,
    ):
        command.add(commands)
    words = parser.parse_args(arguments)
    try:
        answer: Answer = words.run(words)
    except FolderError as error:
        answer = failed("bad_data_directory", str(error))
    except PermissionError as error:
        answer = failed("no_permission", f"{error.filename}: no permission; run this as the owner of the data directory")
    except OSError as error:
        if error.filename is None:
            raise
        answer = failed("bad_path", f"{error.filename}: {error.strerror}")
    except OperationalError as error:
        why = str(error).strip().partition("\n")[0]
        answer = failed("no_database", f"the database does not open: {why}; see [database] in city.toml, and whether its server runs")
    if words.json:
        sys.stdout.write(json.dumps(answer.body, ensure_ascii=False) + "\n")
    else:
        (sys.stdout if answer.done else sys.stderr).write(answer.text + "\n")
    return 0 if answer.done else 1


if __name__ == "__main__":
    sys.exit(main())
