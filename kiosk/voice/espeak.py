"""The terminal's end of the speaking process."""

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec

from kiosk.voice.engine import LOUDNESSES, SPEEDS, Manner
from kiosk.voice.guide import Utterance
from kiosk.voice.prompts import Piece, Recordings
from sync.contract.words import Language

PLAYER = ("aplay", "-q", "-t", "raw", "-f", "S16_LE", "-r", "22050", "-c", "1", "-")
_VOICES = {Language.ZH: "cmn", Language.EN: "en-us", Language.KO: "ko"}


def is_installed() -> bool:
    """Tell whether this machine has the engine."""
    return find_spec("espeakng_loader") is not None


class EspeakVoice:
    """Starts the process with the first word, and again when it died; what it was saying then is not said again."""

    def __init__(self, player: Sequence[str] = PLAYER, recordings: Recordings | None = None) -> None:
        self._player = tuple(player)
        self._recordings = recordings or Recordings(None)
        self._process: subprocess.Popen[str] | None = None
        self._speaking = False

    @property
    def is_speaking(self) -> bool:
        """Whether something is being said."""
        return self._speaking

    def speak(self, utterances: Sequence[Utterance], manner: Manner) -> None:
        """Cut short what is being said, and say this."""
        loudness = LOUDNESSES[manner.loudness]
        orders: list[dict[str, object]] = [{"hush": True}]
        for utterance in utterances:
            voice, speed = _VOICES[utterance.language], SPEEDS[manner.speed]
            for piece in self._pieces(utterance, manner):
                order: dict[str, object] = {"say": piece.text, "voice": voice, "speed": speed, "loudness": loudness}
                orders.append(order if piece.recording is None else {**order, "play": str(piece.recording)})
            if utterance.tones:
                orders.append({"tones": utterance.tones, "loudness": loudness})
        self._speaking = bool(utterances)
        self._order(orders)

    def _pieces(self, utterance: Utterance, manner: Manner) -> tuple[Piece, ...]:
        """People speak at their own speed: whoever wants another one hears the machine."""
        if manner.speed != Manner().speed:
            return (Piece(utterance.text),)
        return self._recordings.pieces(utterance.text, utterance.language)

    def hush(self) -> None:
        """Be silent at once."""
        self._speaking = False
        if self._process is not None:
            self._order([{"hush": True}])

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()

    def _order(self, orders: Sequence[dict[str, object]]) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            self.close()
            process = self._process = self._start()
        lines = "".join(json.dumps(order) + "\n" for order in orders)
        with suppress(OSError):
            if process.stdin is not None:
                process.stdin.write(lines)
                process.stdin.flush()

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "kiosk.voice.speaker", "--", *self._player]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return process

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        if process.stdout is None:
            return
        with suppress(ValueError, OSError):
            for line in process.stdout:
                if self._process is process:
                    self._speaking = bool(json.loads(line).get("speaking"))
        if self._process is process:
            self._speaking = False
