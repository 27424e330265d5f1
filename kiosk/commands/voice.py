"""`kiosk voice prompts`: what a studio has to record, and what of it is still missing."""

import argparse
import wave
from collections.abc import Iterable
from pathlib import Path

from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.config import load
from kiosk.sent_down import offered_items
from kiosk.voice.prompts import CHANNELS, RATE, SAMPLE_BYTES, Prompt, Recordings, fixed_prompts
from sync.contract.words import Language


def register(commands: Commands) -> None:
    """Add the command."""
    voice = commands.add_parser("voice", help="recorded sentences of the audio mode", description="Recorded sentences of the audio mode.")
    words = voice.add_subparsers(title="commands", metavar="COMMAND", required=True)
    prompts = add_command(
        words,
        "prompts",
        _prompts,
        "list every sentence that can be recorded, with the file that its recording goes into",
        "kiosk voice prompts --config kiosk.toml --missing --language zh",
    )
    prompts.add_argument("--config", type=Path, required=True, metavar="FILE", help="a terminal's configuration: its items, its recordings")
    prompts.add_argument("--language", choices=[language.value for language in Language], help="only this language")
    which = prompts.add_mutually_exclusive_group()
    which.add_argument("--list", action="store_true", help="all of them (as without)")
    which.add_argument("--missing", action="store_true", help="only those without a recording that can be played")


def _prompts(asked: argparse.Namespace) -> Answer:
    config = load(asked.config)
    folder = config.voice.recordings
    languages = list(Language) if asked.language is None else [Language(asked.language)]
    everything = fixed_prompts(offered_items(config), languages)
    unusable = {} if folder is None else dict(_unusable(folder, everything))
    recordings = Recordings(folder)
    missing = [prompt for prompt in everything if not recordings.has(prompt) or prompt.file in unusable]
    shown = missing if asked.missing else list(everything)
    body = {
        "status": "listed",
        "folder": None if folder is None else str(folder),
        "prompts": len(everything),
        "missing": len(missing),
        "unusable": unusable,
        "sentences": [{"language": one.language.value, "file": one.file, "text": one.text} for one in shown],
    }
    lines = [f"{one.file}\t{one.text}" for one in shown]
    lines += [f"{file}: {why}" for file, why in unusable.items()]
    lines.append(f"{len(everything)} sentences, {len(everything) - len(missing)} recorded, {len(missing)} missing")
    return Answer(body, "\n".join(lines))


def _unusable(folder: Path, prompts: Iterable[Prompt]) -> Iterable[tuple[str, str]]:
    """Yield the files that are there and cannot be played, and why."""
    for prompt in prompts:
        path = folder / prompt.file
        if path.exists() and (why := fault_of(path)):
            yield prompt.file, why


def fault_of(path: Path) -> str:
    """Return why a recording cannot be played, or "" when it can."""
    try:
        with wave.open(str(path), "rb") as sound:
            made = (sound.getframerate(), sound.getsampwidth(), sound.getnchannels())
            is_empty = sound.getnframes() == 0
    except (OSError, EOFError, wave.Error) as error:
        return f"is no WAV file: {error or 'it ends too soon'}"
    if made != (RATE, SAMPLE_BYTES, CHANNELS):
        return f"has {made[0]} samples a second, {made[1] * 8} bits, {made[2]} channels; wanted are {RATE}, {SAMPLE_BYTES * 8}, {CHANNELS}"
    return "is empty" if is_empty else ""
