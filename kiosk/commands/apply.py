"""`kiosk apply`: hands in an application without a screen, on the same path as the screen does."""

import argparse
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.config import Config, load, local_clock, sync_settings
from kiosk.flow.questions import with_derived
from kiosk.flow.route import to_hand_in
from kiosk.flow.visit import PaperPicture, Visit
from peripherals.secret import Secret
from sync.contract.answers import materials_asked, problems
from sync.contract.application import Applicant
from sync.contract.item import ItemPackage
from sync.contract.names import ItemCode, MaterialId


def register(commands: Commands) -> None:
    """Add `apply`."""
    parser = add_command(
        commands,
        "apply",
        run,
        "hand in an application without a screen",
        "kiosk apply --config sandbox/kiosk.toml --item residence-registration --answers answers.json"
        " --attach home-proof=contract.jpg --json",
    )
    parser.add_argument("--config", type=Path, required=True, help="the terminal's configuration file")
    parser.add_argument("--item", required=True, help="the code of an offered item; `kiosk catalogue list` names them")
    parser.add_argument("--answers", type=Path, required=True, metavar="FILE", help="the answers, a JSON object")
    parser.add_argument("--applicant", type=Path, metavar="FILE", help="the card's fields, a JSON object with card_kind, name, id_number …")
    parser.add_argument(
        "--attach", action="append", default=[], metavar="MATERIAL=FILE", help="a paper's page, JPEG or PNG; again for each page"
    )


class Refusal(Exception):  # noqa: N818 - it ends this command's work, and is its answer
    """Why nothing was handed in."""

    def __init__(self, status: str, text: str, **facts: Any) -> None:  # noqa: ANN401 - JSON
        super().__init__(text)
        self.answer = Answer({"status": status, "detail": text, **facts}, text, done=False)


def run(words: argparse.Namespace) -> Answer:
    """Check everything first, then hand in."""
    config = load(words.config)
    try:
        return _hand_in(config, _draft(config, words))
    except Refusal as refusal:
        return refusal.answer


def _draft(config: Config, words: argparse.Namespace) -> Visit:
    from kiosk.sent_down import offered_items

    today = local_clock(config)().date()
    offered = offered_items(config)
    item = next((item for item in offered if item.code == ItemCode(words.item)), None)
    if item is None:
        known = ", ".join(sorted(item.code for item in offered)) or "none"
        raise Refusal("unknown_item", f"--item {words.item}: this terminal does not offer it; it offers: {known}")
    answers = _json_object(words.answers, "--answers")
    wrong = problems(item, answers, today)
    if wrong:
        told = "; ".join(f"{problem.field}: {problem.problem.value}" + (f" by {problem.by}" if problem.by else "") for problem in wrong)
        raise Refusal("not_valid", f"{words.answers}: {told}", problems=msgspec.to_builtins(wrong))
    card = None if words.applicant is None else Secret(_applicant(words.applicant))
    visit = with_derived(Visit(0, item, datetime.now(UTC), card, answers), datetime.now(UTC).date())
    return to_hand_in(replace(visit, papers=_papers(item, visit, words.attach)))


def _json_object(path: Path, option: str) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refusal("bad_file", f"{option} {path}: {error.strerror}") from error
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal("bad_file", f"{option} {path}: not JSON: {error}") from error
    if not isinstance(read, dict):
        raise Refusal("bad_file", f'{option} {path}: a JSON object is needed, such as {{"field": "answer"}}')
    return read


def _applicant(path: Path) -> Applicant:
    try:
        return msgspec.convert(_json_object(path, "--applicant"), Applicant, strict=False)
    except msgspec.ValidationError as error:
        raise Refusal("bad_file", f"--applicant {path}: {error}") from error


def _papers(item: ItemPackage, visit: Visit, attached: list[str]) -> tuple[PaperPicture, ...]:
    from drivers.document import paper_from_file
    from drivers.pictures import FileRefusal

    asked = {material.id: material for material in materials_asked(item, visit.answers)}
    papers: list[PaperPicture] = []
    for given in attached:
        name, equals, file = given.partition("=")
        material = asked.get(MaterialId(name))
        if not equals or material is None:
            raise Refusal("unknown_material", f"--attach {given}: MATERIAL=FILE, and the item asks for: {', '.join(asked) or 'nothing'}")
        page = 1 + sum(paper.material == material.id for paper in papers)
        if page > material.pages_max:
            raise Refusal("too_many_pages", f"--attach {given}: {name} has at most {material.pages_max} pages")
        try:
            content = Path(file).read_bytes()
        except OSError as error:
            raise Refusal("bad_file", f"--attach {given}: {error.strerror}") from error
        picture = paper_from_file(content)
        if isinstance(picture, FileRefusal) or picture.jpeg is None:
            reason = picture.value if isinstance(picture, FileRefusal) else picture.view.hint.value
            raise Refusal("paper_refused", f"--attach {given}: {reason}; give a sharp JPEG or PNG of the whole page", reason=reason)
        papers.append(PaperPicture(material.id, page, picture.jpeg))
    for material in asked.values():
        if material.required and not any(paper.material == material.id for paper in papers):
            raise Refusal("missing_paper", f"{material.id} is missing; add: --attach {material.id}=FILE", material=material.id)
    return tuple(papers)


def _hand_in(config: Config, visit: Visit) -> Answer:
    from kiosk.freeze import freeze
    from kiosk.own_outbox import open_outbox, sealing_key
    from sync.contract.suites import SealError
    from sync.outbox import HandInStatus
    from sync.wake import wake

    settings = sync_settings(config)
    try:
        frozen = freeze(visit, settings.terminal, "zh", datetime.now(UTC), sealing_key(config))
    except SealError as error:
        raise Refusal("no_city_key", str(error)) from error
    outbox = open_outbox(config)
    status = outbox.hand_in(frozen.sealed).status
    if status is not HandInStatus.HANDED_IN:
        free, wanted = outbox.stats()["free_bytes"], settings.limits.floor_bytes
        told = {
            HandInStatus.STORAGE_FULL: f"{settings.outbox}: {free >> 20} MB are free, and {wanted >> 20} MB must stay free",
            HandInStatus.STORAGE_FAULT: f"{settings.outbox}: the disk did not store it, see `kiosk doctor`",
        }
        raise Refusal(status.value, told[status])
    wake(settings.outbox)
    body = {"status": "handed_in", "application_id": frozen.application_id, "number": frozen.number}
    return Answer(body, f"handed in: {frozen.number} ({frozen.application_id})")
