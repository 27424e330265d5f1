"""`city admission`: gives out codes, compares words, admits, renews and withdraws, for the owner of the city's keys."""

import argparse
from typing import Any

from city.commands.answer import Answer, Commands, add_command, failed
from city.folder import CityFolder
from city.settings import use
from sync.contract.enrolment import shown_code

EXAMPLE = "city admission open --data ./city-data --terminal SY-HP-0173 --place 松风社区 --url https://city.example.org"


def add(commands: Commands) -> None:
    """Add the command and its words."""
    parser = commands.add_parser(
        "admission",
        help="admit terminals with one-time codes, renew and withdraw",
        epilog=f"example:\n  {EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    acts = parser.add_subparsers(required=True, metavar="ACT")
    one = add_command(acts, "open", run_open, "give out a one-time code for one machine; it is shown this once", EXAMPLE)
    one.add_argument("--place", required=True, help="the community, as clerks read it")
    one.add_argument("--area", default="", help="the code of the area that it serves")
    one.add_argument("--spot", default="", help="where in the house")
    one.add_argument("--form", default="", help="its make, such as 竖屏 21.5")
    one.add_argument("--url", default="", help="the address at which terminals reach this city; then the square's text is shown, too")
    agree = add_command(
        acts, "agree", run_agree, "the words are the same: admit the machine", 'city admission agree --data D --terminal ID --words "…"'
    )
    agree.add_argument("--words", required=True, help="the six words as the technician reads them out")
    void = add_command(acts, "void", run_void, "end an open admission", "city admission void --data D --terminal ID --why 装错地点")
    back = add_command(
        acts, "withdraw", run_withdraw, "take an admission back, at once", "city admission withdraw --data D --terminal ID --why 被盗"
    )
    renewal = add_command(
        acts, "renew", run_renew, "agree that a terminal whose certificate is over gets a new one", "city admission renew …"
    )
    for each in (void, back):
        each.add_argument("--why", required=True, help="for the record")
    for each in (one, agree, void, back, renewal):
        each.add_argument("--terminal", required=True, metavar="ID", help="the terminal's id: capitals, digits and hyphens")
    add_command(acts, "list", run_list, "list admissions, newest first", "city admission list --data ./city-data")


def run_open(words: argparse.Namespace) -> Answer:
    """Give out a code."""
    use(CityFolder(words.data.resolve()))
    from city.fleet.admission import AdmissionError, link, open_admission  # noqa: PLC0415  models exist once Django is started

    try:
        opened = open_admission(words.terminal, words.place, words.spot, words.form, area=words.area)
    except AdmissionError as error:
        return failed("refused", str(error))
    body: dict[str, Any] = {"status": "open", "code": shown_code(opened.code), "until": opened.admission.expires_at.isoformat()}
    text = f"{body['code']}   valid for 30 minutes, once"
    if words.url:
        body["link"] = link(opened, words.url.rstrip("/")).text()
        text += f"\n{body['link']}"
    return Answer(body, text)


def run_agree(words: argparse.Namespace) -> Answer:
    """Admit, if the words are those that this side sees; else void and report."""
    use(CityFolder(words.data.resolve()))
    from city.fleet.admission import AdmissionError, agree, void  # noqa: PLC0415

    admission = _newest(words.terminal)
    if admission is None:
        return failed("unknown", f"{words.terminal}: no admission was opened")
    heard = " ".join(words.words.replace("·", " ").split())
    try:
        if admission.words and heard != admission.words:
            void(admission.pk, "the words differ", None)
            return failed(
                "words_differ", "the words differ: somebody may sit on the line. The code is void; look into it, then open a new one"
            )
        agree(admission.pk, None)
    except AdmissionError as error:
        return failed("refused", str(error))
    return Answer({"status": "admitted", "terminal": words.terminal}, f"{words.terminal} is admitted")


def run_void(words: argparse.Namespace) -> Answer:
    """End it."""
    use(CityFolder(words.data.resolve()))
    from city.fleet.admission import AdmissionError, void  # noqa: PLC0415

    admission = _newest(words.terminal)
    if admission is None:
        return failed("unknown", f"{words.terminal}: no admission was opened")
    try:
        void(admission.pk, words.why, None)
    except AdmissionError as error:
        return failed("refused", str(error))
    return Answer({"status": "void", "terminal": words.terminal}, "void")


def run_withdraw(words: argparse.Namespace) -> Answer:
    """Take it back."""
    use(CityFolder(words.data.resolve()))
    from city.fleet.admission import AdmissionError, withdraw  # noqa: PLC0415

    try:
        withdraw(words.terminal, words.why, None)
    except AdmissionError as error:
        return failed("refused", str(error))
    return Answer({"status": "withdrawn", "terminal": words.terminal}, f"{words.terminal} gets nothing from now on")


def run_renew(words: argparse.Namespace) -> Answer:
    """Agree to a new certificate."""
    use(CityFolder(words.data.resolve()))
    from city.fleet.admission import AdmissionError, agree_to_renewal  # noqa: PLC0415

    try:
        agree_to_renewal(words.terminal, None)
    except AdmissionError as error:
        return failed("refused", str(error))
    return Answer({"status": "agreed", "terminal": words.terminal}, "agreed; the terminal takes it within the hour")


def run_list(words: argparse.Namespace) -> Answer:
    """List them; the words stand there to be compared, the code nowhere."""
    use(CityFolder(words.data.resolve()))
    from city.fleet.models import Admission, AdmissionState, Terminal  # noqa: PLC0415

    rows = [
        {
            "terminal": one.terminal_id,
            "place": one.place,
            "state": one.state,
            "words": one.words,
            "opened_at": one.opened_at.isoformat(),
            "why": one.why,
        }
        for one in Admission.objects.order_by("-pk")[:200]
    ]
    lines = [f"{row['terminal']}  {row['state']}  {row['place']}  {row['words']}  {row['why']}" for row in rows]
    by_code = Admission.objects.filter(state=AdmissionState.ADMITTED).values("terminal_id")
    others = Terminal.objects.filter(withdrawn_at=None).exclude(pk__in=by_code).count()
    if others:
        lines.append(f"{others} more were admitted by `city enrol`, without a code")
    return Answer(rows, "\n".join(lines) or "None yet.")


def _newest(terminal: str) -> Any:  # noqa: ANN401  a model, which cannot be imported before Django is started
    from city.fleet.models import Admission  # noqa: PLC0415

    return Admission.objects.filter(terminal_id=terminal).order_by("-pk").first()
