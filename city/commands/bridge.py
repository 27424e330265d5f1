"""`city bridge`: one turn between the city and its existing platform."""

import argparse

from city.commands.answer import Answer, Commands, add_command, failed
from city.folder import CityFolder
from city.settings import use


def add(commands: Commands) -> None:
    """Add the command."""
    add_command(
        commands,
        "bridge",
        run,
        "hand new cases over to the existing platform of city.toml's [platform], and do here what it decided; for a timer, each minute",
        "city bridge --data ./city-data",
    )


def run(words: argparse.Namespace) -> Answer:
    """Do one turn."""
    folder = CityFolder(words.data.resolve())
    use(folder)
    from city.bridge.adapters import adapter_of  # noqa: PLC0415  models exist once Django is started
    from city.bridge.carry import turn  # noqa: PLC0415
    from city.bridge.port import PlatformError  # noqa: PLC0415
    from city.bridge.troubles import note_turn  # noqa: PLC0415

    platform = adapter_of(folder)
    if platform is None:
        return failed("no_platform", f"{folder.toml}: [platform] names no adapter; without one the city's own front desk works")
    try:
        done = turn(platform)
    except PlatformError as error:
        note_turn(platform.name, str(error))
        return failed("no_answer", f"{error}; nothing is lost, the next turn tries again")
    note_turn(platform.name, "")
    body = {
        "status": "done",
        "handed_over": done.handed_over,
        "brought": done.brought,
        "carried_out": done.carried_out,
        "troubles": done.troubles,
    }
    text = f"handed over {done.handed_over}, brought later {done.brought}, carried out {done.carried_out}, for a person {done.troubles}"
    return Answer(body, text)
