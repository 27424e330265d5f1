"""From a key to refreshed candidates, against a press of a button that does nothing: both through layout and drawing of the frame.

Off screen, with software drawing unless there is a GPU. Prints milliseconds, and the ratio that the project watches.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
os.environ.setdefault("KIVY_HOME", tempfile.mkdtemp(prefix="kivy-bench-"))
os.environ.setdefault("KIVY_NO_ARGS", "1")
os.environ.setdefault("KIVY_NO_CONSOLELOG", "1")
os.environ.setdefault("KIVY_NO_FILELOG", "1")

from kiosk.input_method.lexicon import WithLexicon, WordKind, words_of
from kiosk.input_method.opening import open_engine
from kiosk.screens.components.buttons import Button
from kiosk.screens.entry.keyboard import Keyboard, TextField
from kiosk.screens.stage import Stage
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import REFERENCE
from kiosk.screens.window import configure

FONTS = Path(__file__).parents[1] / "assets" / "fonts"
TYPED = ("shenyangshi", "hepingqu", "qingniandajie", "woyaobanjuzhuzheng", "zhangwei", "yi", "shi", "jiating")
ROUNDS = 6


def main() -> None:
    """Measure and print."""
    configure(REFERENCE, fullscreen=False)
    from kivy.core.window import Window  # noqa: PLC0415  after its settings

    stage = Stage(Theme(REFERENCE, FONTS), lambda _: None, lambda: None, lambda: None)
    keyboard = Keyboard(stage, lambda _: None, lambda: None)
    button = Button(stage, "空", lambda: None, test_id="nothing")
    for part, box in ((keyboard, (0, 200, 1080, 744)), (button, (56, 1200, 400, 120))):
        Window.add_widget(part)
        part.place(*box)
    engine = open_engine()
    words = WithLexicon(engine, [WordKind.PLACES, WordKind.HOMES, WordKind.COUNTER])
    keyboard.begin(TextField(words, words, 100, tuple(word.text for word in words_of(WordKind.PLACES))), "")

    def drawn(act: Callable[[], None]) -> float:
        began = time.perf_counter()
        act()
        acted = time.perf_counter()
        Window.dispatch("on_draw")
        frames.append(time.perf_counter() - acted)
        return (acted - began) * 1000

    frames: list[float] = []
    engine_ms = [_ms(lambda typed=typed, end=end: words.candidates(typed[:end])) for typed in TYPED for end in range(1, len(typed) + 1)]  # type: ignore[misc]
    keys, presses = [], []
    for _ in range(ROUNDS):
        for typed in TYPED:
            for letter in typed:
                keys.append(drawn(keyboard.letters._letters[letter].press))  # noqa: SLF001  the same press that a finger makes
                button._acted_at = -1.0  # noqa: SLF001  without the guard against trembling
                presses.append(drawn(button.press))
            keyboard.empty()
    engine.close()
    draw_ms = statistics.median(frames) * 1000
    print(f"engine_ms {statistics.median(engine_ms):.2f} (worst {max(engine_ms):.2f})")
    print(f"key_to_candidates_ms {statistics.median(keys):.2f} (95 % {_percentile(keys, 95):.2f}, worst {max(keys):.2f})")
    print(f"empty_press_ms {statistics.median(presses):.3f}")
    print(f"frame_ms {draw_ms:.1f}")
    print(f"key_over_empty_press {(statistics.median(keys) + draw_ms) / (statistics.median(presses) + draw_ms):.2f}")


def _ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _percentile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100)[share - 1]


if __name__ == "__main__":
    main()
