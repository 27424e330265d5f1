"""`kiosk doctor`: looks at every part of the terminal and says what is wrong, what it means for residents, and what to do."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.config import load, sync_settings
from kiosk.devices import workers
from kiosk.maintenance.finding import Finding, Verdict
from kiosk.maintenance.stock import take_stock
from kiosk.maintenance.supplies import Supplies
from kiosk.texts import say
from sync.contract.words import Language
from sync.way import walk
from sync.way_steps import StepOutcome, Walked

_MARKS = {Verdict.GOOD: "✓", Verdict.NOTICE: "!", Verdict.FAULT: "✗", Verdict.SKIPPED: "-"}


def register(commands: Commands) -> None:
    """Add `kiosk doctor`."""
    parser = add_command(
        commands,
        "doctor",
        _doctor,
        "look at devices, queue, line, clock, storage and certificate; say what is wrong and what to do",
        "kiosk doctor --config /data/kiosk.toml --language zh",
    )
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the terminal's configuration file")
    parser.add_argument("--language", choices=[one.value for one in Language], default="zh", help="in which the report is written")


def _doctor(words: argparse.Namespace) -> Answer:
    from kiosk.workshop import parts_of, supply_of

    config = load(words.config)
    language = Language(words.language)
    now = datetime.now(ZoneInfo(config.terminal.zone))
    with workers(config, words.config):  # a terminal that does not run can be looked at, too
        findings = list(take_stock(parts_of(config), now))
    way = list(walk(sync_settings(config)))
    supplies = supply_of(config).look()
    verdicts = [*(one.verdict for one in findings), *(Verdict.NOTICE for one in way if not one.outcome.holds)]
    overall = next(verdict for verdict in Verdict if verdict in verdicts)
    body = {
        "status": overall.value,
        "terminal": config.terminal.id,
        "at": now.isoformat(timespec="seconds"),
        "findings": [_finding(one, language) for one in findings],
        "way": [_step(one, language) for one in way],
        "supplies": {
            "roll_left_mm": supplies.left_mm,
            "roll_mm": supplies.roll_mm,
            "slips": supplies.slips,
            "cards": supplies.cards,
            "pictures": supplies.pictures,
            "lamp_s": supplies.lamp_s,
            "errors": dict(supplies.errors),
        },
    }
    text = [*_lines(findings, language), "", *_way_lines(way, language), "", *_supply_lines(supplies, language)]
    return Answer(body, "\n".join(text), done=overall is not Verdict.FAULT)


def _supply_lines(supplies: Supplies, language: Language) -> list[str]:
    """Return what is left of the roll and which devices failed at their work, as the menu's page says it."""
    left = say("supplies.left", language, metres=f"{supplies.left_mm / 1000:.0f}", of=f"{supplies.roll_mm / 1000:.0f}")
    lines = [f"{_MARKS[Verdict.NOTICE if supplies.is_low else Verdict.GOOD]} {say('supplies.roll', language)} {left}"]
    lines += [f"! {device}: {say('supplies.faults', language, count=count)}" for device, count in supplies.errors.items()]
    return lines


def _finding(one: Finding, language: Language) -> dict[str, Any]:
    return {
        "check": one.check.value,
        "verdict": one.verdict.value,
        "saying": one.saying,
        "facts": dict(one.facts),
        "text": say(one.text_key, language, **one.facts),
        "remedies": _remedies(one, language),
    }


def _remedies(one: Finding, language: Language) -> list[str]:
    return say(one.remedy_key, language).split("\n") if one.verdict in (Verdict.FAULT, Verdict.NOTICE) else []


def _step(one: Walked, language: Language) -> dict[str, Any]:
    fix = say(f"maintenance.way_{one.step}_fix", language) if _has_failed(one) else None
    return {"step": one.step.value, "outcome": one.outcome.value, "fact": one.fact or None, "took_ms": one.took_ms, "remedy": fix}


def _has_failed(one: Walked) -> bool:
    return not one.outcome.holds and one.outcome is not StepOutcome.NOT_TRIED


def _lines(findings: Sequence[Finding], language: Language) -> list[str]:
    lines = []
    for one in findings:
        verdict = say(f"maintenance.verdict_{one.verdict}", language)
        lines.append(
            f"{_MARKS[one.verdict]} {verdict}  {say(f'maintenance.{one.check}', language)}: {say(one.text_key, language, **one.facts)}"
        )
        lines += [f"      {number}. {remedy}" for number, remedy in enumerate(_remedies(one, language), 1)]
    return lines


def _way_lines(way: Sequence[Walked], language: Language) -> list[str]:
    lines = []
    for number, one in enumerate(way, 1):
        said = say(f"maintenance.way_outcome_{one.outcome}", language)
        told = f"{number} {say(f'maintenance.way_{one.step}', language)}: {said}"
        lines.append(f"{told}  {one.fact}".rstrip())
        if _has_failed(one):
            lines.append(f"      {say(f'maintenance.way_{one.step}_fix', language)}")
    return lines
