"""`city applications`: everything that the city has, for reconciliation."""

import argparse
from typing import Any

from city.commands.answer import Answer, Commands, add_command
from city.folder import CityFolder
from city.settings import use


def add(commands: Commands) -> None:
    """Add the command."""
    help_ = "list the applications that the city has, oldest first"
    add_command(commands, "applications", run, help_, "city applications --data ./city-data --json")


def run(words: argparse.Namespace) -> Answer:
    """List them; nothing personal is in it."""
    use(CityFolder(words.data.resolve()))

    from city.onewindow.models import Case  # noqa: PLC0415  models exist once Django is started
    from city.onewindow.states import State  # noqa: PLC0415

    rows: list[dict[str, Any]] = [
        {
            "application_id": str(case.application_id),
            "number": case.number,
            "case_number": case.case_number,
            "terminal": case.terminal_id,
            "item": case.item,
            "state": State(case.state).name.lower(),
            "digest": case.digest,
            "received_at": case.received_at.isoformat(),
            "complete": case.is_complete,
        }
        for case in Case.objects.order_by("pk").iterator()
    ]
    lines = [f"{row['case_number']}  {row['number']}  {row['item']}  {row['state']}  {row['received_at']}" for row in rows]
    return Answer(rows, "\n".join(lines) or "None yet.")
