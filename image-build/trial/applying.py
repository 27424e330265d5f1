"""Runs inside a booted terminal: applies for a resident again and again, and names outside each application that was acknowledged.

python3 -sP applying.py PORT CONFIG FOLDER
"""

import sys
import time
from argparse import Namespace
from pathlib import Path

from kiosk.commands import apply

_PAUSE_S = 0.5


def main() -> None:
    """Apply until the plug is pulled. The outbox's promise is what `kiosk apply` answers: safe on this terminal."""
    port, config_file, folder = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    words = Namespace(
        config=config_file,
        item="residence-registration",
        answers=folder / "answers.json",
        applicant=None,
        attach=[f"home-proof={folder / 'home-proof.jpg'}"],
    )
    with port.open("r+b", buffering=0) as told:
        while True:
            answer = apply.run(words)
            told.write(f"{answer.body['application_id'] if answer.done else '!' + answer.text}\n".encode())
            time.sleep(_PAUSE_S)


if __name__ == "__main__":
    main()
