"""A terminal's screen process with a resident in front of it, to be killed: says each step as it ends.

`python -m tests.journeys.resident_program CONFIG`; lines are `step NAME`, and `handed_in ID NUMBER` once the page says so.
"""

import sys
from pathlib import Path

from kiosk.config import load
from kiosk.flow.views import Done, HandingIn
from peripherals.virtual.control import end_with_parent
from tests.journeys.counter import WindowlessCounter


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def main() -> None:
    end_with_parent()
    with WindowlessCounter(load(Path(sys.argv[1]))) as counter:
        say("step", "ready")
        counter.begin()
        say("step", "begun")
        counter.fill()
        say("step", "filled")
        counter.photograph()
        say("step", "photographed")
        counter.sign()
        say("step", "signed")
        from kiosk.flow.events.glass import NextPressed

        counter.tap(NextPressed())
        say("step", "pressed")
        state = counter.until(lambda state: not isinstance(state.view, HandingIn) or bool(state.visit.handed_in), "it is stored")
        handed_in = state.visit.handed_in
        say("handed_in", handed_in.application_id, handed_in.number)
        counter.until(lambda state: isinstance(state.view, Done), "the last page is shown")
        say("step", "done")
        counter.pump(1.0)
        say("step", "left")


main()
