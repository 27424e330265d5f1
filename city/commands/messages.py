"""`city messages`: sends what residents should know, the way they chose, and reminds of appointments; for a timer, each minute."""

import argparse
from dataclasses import asdict

from city.commands.answer import Answer, Commands, add_command
from city.folder import CityFolder
from city.settings import use


def add(commands: Commands) -> None:
    """Add the command."""
    add_command(
        commands,
        "messages",
        run,
        "send text messages and reminders to residents who chose so, and list the others for a person; for a timer, each minute",
        "city messages --data ./city-data",
    )


def run(words: argparse.Namespace) -> Answer:
    """Send what is due."""
    folder = CityFolder(words.data.resolve())
    use(folder)

    from city import here  # noqa: PLC0415  models exist once Django is started
    from city.appointments.reminders import remind  # noqa: PLC0415
    from city.messaging.gateway import gateway_of  # noqa: PLC0415
    from city.messaging.outbox import work  # noqa: PLC0415

    gateway = gateway_of(folder)
    done, reminders = work(gateway, here.now()), remind(gateway, here.now())
    body = {"status": "done", "gateway": gateway is not None, **asdict(done), "reminders": asdict(reminders)}
    text = f"sent {done.sent}, for a person {done.to_print}, not wanted {done.not_wanted}, again later {done.again}"
    text = f"{text}; of appointments reminded {reminders.reminded}, not {reminders.not_reminded}, again later {reminders.again}"
    return Answer(body, text if gateway else f"{text}; there is no gateway (sms.json)")
