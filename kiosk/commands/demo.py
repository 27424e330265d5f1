"""`kiosk demo`: the main job, end to end."""

import argparse
import os
from pathlib import Path

from kiosk.commands.answer import Answer, Commands, add_command


def register(commands: Commands) -> None:
    """Add `demo`."""
    parser = add_command(commands, "demo", run, "one resident's application, end to end", "kiosk demo --out demo-out")
    parser.add_argument("--out", type=Path, default=Path("demo-out"), metavar="DIR", help="where pictures and summary.json go (demo-out)")
    parser.add_argument("--visits", type=_count, default=1, metavar="N", help="how many visits with the line up (1)")
    parser.add_argument("--no-cut", action="store_true", help="leave out the visit with the line cut")
    parser.add_argument("--off-screen", action="store_true", help="walk by itself, even where there is a display")


def _count(word: str) -> int:
    number = int(word)
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError("1 to 1000 visits")
    return number


def run(words: argparse.Namespace) -> Answer:
    """Show it by hand where there is a display, by itself where there is none."""
    from kiosk.demo.by_hand import show_by_hand
    from kiosk.demo.show import DemoError, show_by_itself
    from kiosk.demo.town import TownError
    from kiosk.sandbox import SandboxError

    out = words.out.resolve()
    try:
        if os.environ.get("DISPLAY") and not words.off_screen:
            show_by_hand()
            return Answer({"status": "done"}, "")
        told = show_by_itself(out, words.visits, cut=not words.no_cut)
    except (DemoError, TownError, SandboxError) as error:
        return Answer({"status": "failed", "detail": str(error)}, str(error), done=False)
    counts = {"pictures": len(told.pictures), "applications": len(told.applications), "duration_s": told.duration_s}
    counted = "{applications} applications with the city, {pictures} pictures and summary.json".format_map(counts)
    return Answer({"status": told.outcome, "out": str(out), **counts}, f"{counted} in {out} ({told.duration_s} s)")
