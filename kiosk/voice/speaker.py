"""The speaking process: espeak-ng 1.52 (GPL-3) in a process of its own, so that nothing of it is part of the terminal's program.

    python -m kiosk.voice.speaker -- aplay -q -t raw -f S16_LE -r 22050 -c 1 -

One JSON object a line comes in: `{"say": text, "voice": "cmn", "speed": 175, "loudness": 65}`, `{"tones": 5, "loudness": 65}`, or
`{"hush": true}`. With `"play": path` beside `"say"` a recording is played instead, if it can be. `{"speaking": true}` and
`{"speaking": false}` go out. The player is any program that takes raw samples on its input.
"""

import ctypes
import json
import math
import queue
import subprocess
import sys
import threading
import wave
from array import array
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

RATE = 22050
_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS of speak_lib.h: samples come through the callback
_BUFFER_MS = 40
_UTF8 = 1
_USUAL_LOUDNESS = 65
_SPEED, _LOUDNESS = 1, 2  # espeakRATE, espeakVOLUME
_TONE_HZ, _TONE_S, _PAUSE_S = 660, 0.12, 0.10
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Player:
    """The program that makes samples heard, started with the first and killed when nobody wants to hear more."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def play(self, samples: bytes) -> bool:
        """Give samples on; tells whether they were taken."""
        with self._lock:
            if self._process is None:
                with suppress(OSError):
                    self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
            pipe = self._process.stdin if self._process else None
        if pipe is None:
            return False
        try:
            pipe.write(samples)
            pipe.flush()
        except (OSError, ValueError):
            return False
        return True

    def finish(self) -> None:
        """Let what was given be heard to its end."""
        with self._lock:
            process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError, ValueError):
                process.stdin.close()
            process.wait()
        with self._lock:
            if self._process is process:
                self._process = None

    def stop(self) -> None:
        """Be silent now."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()


class Speaker:
    """Takes orders in turn; an order to hush overtakes them all."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._orders: queue.Queue[tuple[int, dict[str, Any]]] = queue.Queue()
        self._turn = 0  # orders of an earlier turn are not carried out any more
        self._playing = 0
        self._library = _load()
        self._callback = _Callback(self._on_samples)
        self._library.espeak_SetSynthCallback(self._callback)
        threading.Thread(target=self._work, daemon=True).start()

    def take(self, order: dict[str, Any]) -> None:
        """Take an order from the terminal."""
        if order.get("hush"):
            self._turn += 1
            self._player.stop()
            return
        self._orders.put((self._turn, order))

    def finish(self) -> None:
        """Carry out what was ordered, then return."""
        self._orders.join()

    def _work(self) -> None:
        while True:
            turn, order = self._orders.get()
            if turn == self._turn:
                self._tell(speaking=True)
                self._playing = turn
                self._carry_out(order)
            if self._orders.empty():
                if turn == self._turn:
                    self._player.finish()
                self._tell(speaking=False)
            self._orders.task_done()

    def _carry_out(self, order: dict[str, Any]) -> None:
        loudness = int(order.get("loudness", 65))
        if "tones" in order:
            for samples in tones(int(order["tones"]), loudness):
                if self._playing != self._turn or not self._player.play(samples):
                    return
            return
        if "play" in order and self._play(str(order["play"]), loudness):
            return
        text = str(order.get("say", "")).encode()
        self._library.espeak_SetVoiceByName(str(order.get("voice", "cmn")).encode("ascii", "ignore"))
        self._library.espeak_SetParameter(_SPEED, int(order.get("speed", 175)), 0)
        self._library.espeak_SetParameter(_LOUDNESS, loudness, 0)
        self._library.espeak_Synth(text, len(text) + 1, 0, 0, 0, _UTF8, None, None)

    def _play(self, path: str, loudness: int) -> bool:
        """Play a recording to its end, or until there is another turn; tells whether it could be played."""
        try:
            with wave.open(path, "rb") as sound:
                if (sound.getframerate(), sound.getsampwidth(), sound.getnchannels()) != (RATE, 2, 1) or not sound.getnframes():
                    return False
                while samples := sound.readframes(RATE * _BUFFER_MS // 1000):
                    if self._playing != self._turn or not self._player.play(at_loudness(samples, loudness)):
                        break
        except (OSError, EOFError, wave.Error):
            return False
        return True

    def _on_samples(self, wave: Any, count: int, _: object) -> int:  # noqa: ANN401  a pointer
        if self._playing != self._turn:
            return 1  # stop
        if not wave or not count:
            return 0
        return 0 if self._player.play(ctypes.string_at(wave, 2 * count)) else 1

    @staticmethod
    def _tell(*, speaking: bool) -> None:
        with suppress(BrokenPipeError):
            sys.stdout.write(json.dumps({"speaking": speaking}) + "\n")
            sys.stdout.flush()


def at_loudness(samples: bytes, loudness: int) -> bytes:
    """Return samples as loud as is wanted: recordings are made for the usual loudness."""
    if loudness == _USUAL_LOUDNESS:
        return samples
    louder = (max(-32768, min(32767, sample * loudness // _USUAL_LOUDNESS)) for sample in array("h", samples))
    return array("h", louder).tobytes()


def tones(count: int, loudness: int) -> Iterator[bytes]:
    """Yield the samples of so many short tones."""
    for _ in range(count):
        height = 20000 * min(100, max(0, loudness)) / 100
        sound = (round(height * math.sin(2 * math.pi * _TONE_HZ * at / RATE)) for at in range(round(RATE * _TONE_S)))
        yield array("h", [*sound, *([0] * round(RATE * _PAUSE_S))]).tobytes()


def _load() -> Any:  # noqa: ANN401  a ctypes library has no better type
    import espeakng_loader  # noqa: PLC0415  GPL-3: only this process

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
    library.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip
    if library.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, str(espeakng_loader.get_data_path()).encode(), 0) < 0:
        raise RuntimeError("espeak-ng cannot be initialised")
    return library


def main() -> None:
    """Speak what comes in until the terminal closes the line."""
    command = sys.argv[sys.argv.index("--") + 1 :]
    speaker = Speaker(Player(command))
    for line in sys.stdin:
        with suppress(ValueError):
            speaker.take(json.loads(line))
    speaker.finish()


if __name__ == "__main__":
    main()
