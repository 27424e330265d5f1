"""The technician's pages for the gallery; the terminal, its troubles and its technician are invented."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import msgspec

from kiosk.flow.setting_up import SettingUp, SetUpShown
from kiosk.flow.state import Kiosk
from kiosk.flow.technician import (
    CameraChart,
    Errand,
    MachineShown,
    Overview,
    PaperChange,
    PartTests,
    ProxyShown,
    ProxyStep,
    QueueShown,
    Staff,
    StaffSignIn,
    SuppliesShown,
    TouchTargets,
    TouchTrial,
    Upkeep,
    WayShown,
)
from kiosk.machine.network import Network
from kiosk.maintenance.finding import Check, Finding, Verdict
from kiosk.maintenance.machine import MachineAct, MachineDone, MachineLook, MachineOutcome, StickWord, Tried
from kiosk.maintenance.set_up import Answers, PanelForm, SetUpField, SetUpStep, SetUpTrouble
from kiosk.maintenance.sign_in import SignIn, SignInStatus
from kiosk.maintenance.supplies import PaperStep, Supplies
from kiosk.maintenance.testing import Probe, ProbeResult
from kiosk.maintenance.touching import TARGETS, Matrix
from peripherals.document_printer import DocumentPrinterStatus, JobEnd, PrintedDocument
from peripherals.plate import ChartOutcome, ChartReading, Plate
from peripherals.receipt_printer import PrinterStatus
from peripherals.secret import Secret
from sync.contract.technicians import TechnicianRole
from sync.line_speed import LineSpeed, SpeedOutcome
from sync.queue_look import QueueLook, QueueRow
from sync.way_steps import StepOutcome, Walked, WayStep

STAFF = Staff("T-07", TechnicianRole.TECHNICIAN)
WELL = (
    Finding(Check.ID_CARD_READER, Verdict.GOOD, "good", {"module": "05.03-20161212-0001234567"}),
    Finding(Check.RECEIPT_PRINTER, Verdict.GOOD, "ready"),
    Finding(Check.DOCUMENT_CAMERA, Verdict.GOOD, "good"),
    Finding(Check.LINE, Verdict.GOOD, "up"),
    Finding(Check.QUEUE, Verdict.GOOD, "empty", {"waiting": 0, "hours": 0, "aside": 0, "damaged": 0}),
    Finding(Check.CLOCK, Verdict.GOOD, "good", {"seconds": "0.2"}),
    Finding(Check.STORAGE, Verdict.GOOD, "good", {"free": 21000, "percent": 71}),
    Finding(Check.CERTIFICATE, Verdict.GOOD, "valid", {"until": "2027-03-01", "days": 98}),
    Finding(Check.ITEMS, Verdict.GOOD, "good", {"count": 32, "ending": 0, "soonest": "-"}),
)
ILL = (
    Finding(Check.ID_CARD_READER, Verdict.FAULT, "silent"),
    Finding(Check.RECEIPT_PRINTER, Verdict.NOTICE, "paper_low"),
    *WELL[2:],
)
TESTED = (
    ProbeResult(Probe.ID_CARD_READER, Verdict.FAULT, "failed", {"finding": "silent"}),
    ProbeResult(Probe.RECEIPT_PRINTER, Verdict.NOTICE, "printed_paper_low"),
    ProbeResult(Probe.DOCUMENT_CAMERA, Verdict.GOOD, "paper_seen", {"width": 1280, "height": 960, "sharpness": 212}),
)
SPEEDS = {
    "quick": LineSpeed(SpeedOutcome.MEASURED, 18, 46_300, 9_870),
    "slow": LineSpeed(SpeedOutcome.MEASURED, 640, 410, 96),
    "too-slow": LineSpeed(SpeedOutcome.TOO_SLOW),
}
FACTS = (
    (WayStep.CABLE, "eth0, 1000 Mbit/s"),
    (WayStep.ADDRESS, "192.0.2.17"),
    (WayStep.GATEWAY, "192.0.2.1"),
    (WayStep.NAME, "198.51.100.7"),
    (WayStep.PROXY, "192.0.2.30:3128"),
    (WayStep.CONNECTION, "198.51.100.7:443"),
    (WayStep.TLS, "TLSv1.3"),
    (WayStep.CITY, ""),
    (WayStep.CLOCK, "+0.2 s"),
    (WayStep.ADMISSION, "SY-HP-0173"),
)


def upkeep_states(home: Kiosk) -> Iterator[tuple[str, Kiosk]]:
    """Yield every state of the technician's pages."""
    home = replace(home, display=home.display.for_staff())
    door = Upkeep(1, has_card=True, typed=Secret("493"), door=SignIn(SignInStatus.OPEN, tries_left=5))
    for status in (SignInStatus.OPEN, SignInStatus.WRONG, SignInStatus.LOCKED, SignInStatus.NOBODY, SignInStatus.STORAGE_FAULT):
        at = replace(door, has_card=status is not SignInStatus.OPEN, door=SignIn(status, tries_left=4, wait_s=900))
        yield f"40-sign-in-{status}", replace(home, view=StaffSignIn(), visit=at)
    work = Upkeep(1, staff=STAFF, findings=ILL)
    yield "41-overview", replace(home, view=Overview(), visit=work)
    yield "41-overview-well", replace(home, view=Overview(), visit=replace(work, findings=WELL))
    yield "41-overview-looking", replace(home, view=Overview(), visit=replace(work, findings=WELL[:4], busy=Errand.TAKING_STOCK))
    yield "41-overview-remedy", replace(home, view=Overview(Check.ID_CARD_READER), visit=work)
    testing = replace(work, busy=Errand.TESTING, probe=Probe.RECEIPT_PRINTER, tested=TESTED[:1])
    yield "42-tests-under-way", replace(home, view=PartTests(), visit=testing)
    yield "42-tests", replace(home, view=PartTests(), visit=replace(work, tested=TESTED))
    yield "42-tests-printed", replace(home, view=PartTests(), visit=replace(work, tested=TESTED[1:], is_sheet_printed=True))
    yield from _queue_states(home, work)
    yield from _way_states(home, work)
    yield from _supply_states(home, work)
    yield from _camera_states(home, work)
    yield from _machine_states(home, work)
    yield from _set_up_states(home)


def _queue_states(home: Kiosk, work: Upkeep) -> Iterator[tuple[str, Kiosk]]:
    at = home.now - timedelta(minutes=22)
    rows = (
        QueueRow("7F3K29QD", "elder-allowance", at, "sealed", 1, None, 2, 0),
        QueueRow("4T8C63MA", "temporary-relief", at - timedelta(minutes=5), "sent", 3, None, 5, 3),
        QueueRow("1Y6P90SE", "public-rental-housing", at - timedelta(hours=17), "quarantined", 1, "cannot-open", 0, 0),
    )
    look = QueueLook(2, 41, 1, 1320.0, 18 * 1024**3, rows)
    yield "43-queue", replace(home, view=QueueShown(), visit=replace(work, queue=look))
    yield "43-queue-held", replace(home, line_up=False, view=QueueShown(), visit=replace(work, queue=look))
    yield "43-queue-empty", replace(home, view=QueueShown(), visit=replace(work, queue=QueueLook(0, 41, 0, None, 18 * 1024**3)))
    unreadable = replace(work, findings=(Finding(Check.QUEUE, Verdict.FAULT, "unreadable"),))
    yield "43-queue-unreadable", replace(home, view=QueueShown(), visit=unreadable)
    yield "43-queue-sending", replace(home, view=QueueShown(), visit=replace(work, queue=look, busy=Errand.SENDING))


def _way_states(home: Kiosk, work: Upkeep) -> Iterator[tuple[str, Kiosk]]:
    holds = [Walked(step, StepOutcome.HOLDS, fact, 2) for step, fact in FACTS]
    yield "44-way-whole", replace(home, view=WayShown(), visit=replace(work, way=tuple(holds)))
    for name, speed in SPEEDS.items():
        yield f"44-way-speed-{name}", replace(home, view=WayShown(), visit=replace(work, way=tuple(holds), speed=speed))
    rest = [Walked(step, StepOutcome.NOT_TRIED) for step in list(WayStep)[4:]]
    broken = (*holds[:3], Walked(WayStep.NAME, StepOutcome.FAILED, "city.example.org", 5000), *rest)
    yield "44-way", replace(home, line_up=False, view=WayShown(), visit=replace(work, way=broken))
    refused = (*holds[:4], Walked(WayStep.PROXY, StepOutcome.LOGIN_REFUSED, "192.0.2.30:3128", 12), *_not_tried(5))
    withdrawn = (*holds[:-1], Walked(WayStep.ADMISSION, StepOutcome.NOT_LET_IN, "not-admitted", 12))
    yield "44-way-withdrawn", replace(home, view=WayShown(), visit=replace(work, way=withdrawn))
    yield "44-way-proxy", replace(home, line_up=False, view=WayShown(), visit=replace(work, way=refused))
    engineer = replace(work, staff=Staff("E-02", TechnicianRole.ENGINEER), way=tuple(holds))
    typed = ProxyShown(address="proxy.example.org:3128")
    user = replace(typed, step=ProxyStep.USER, user="kiosk")
    asked = replace(user, step=ProxyStep.ASKED, password=Secret("invented"))
    yield "44-way-engineer", replace(home, view=WayShown(), visit=engineer)
    yield "44-proxy", replace(home, view=typed, visit=engineer)
    yield "44-proxy-wrong", replace(home, view=replace(typed, address="proxy", is_wrong=True), visit=engineer)
    yield "44-proxy-password", replace(home, view=replace(asked, step=ProxyStep.PASSWORD), visit=engineer)
    yield "44-proxy-asked", replace(home, view=asked, visit=engineer)
    yield "44-proxy-none", replace(home, view=ProxyShown(ProxyStep.ASKED), visit=engineer)
    yield "44-proxy-failed", replace(home, view=replace(asked, outcome=MachineOutcome.NO_KEEPER), visit=engineer)
    yield "44-way-walking", replace(home, view=WayShown(), visit=replace(work, busy=Errand.WALKING))


def _supply_states(home: Kiosk, work: Upkeep) -> Iterator[tuple[str, Kiosk]]:
    """Yield the roll, full and low, and each step of a change of paper."""
    much = Supplies(80_000, 21_400, slips=143, lamp_s=41_300, cards=156, pictures=412, errors={"document_camera": 2})
    yield "47-supplies", replace(home, view=SuppliesShown(), visit=replace(work, supplies=much))
    yield "47-supplies-low", replace(home, view=SuppliesShown(), visit=replace(work, supplies=replace(much, used_mm=74_900, errors={})))
    yield "47-supplies-looking", replace(home, view=SuppliesShown(), visit=work)
    said = (PrinterStatus.PAPER_OUT, *[PrinterStatus.COVER_OPEN] * 3, PrinterStatus.READY, PrinterStatus.READY)
    for step, status in zip(PaperStep, said, strict=True):
        busy = Errand.PRINTING if step is PaperStep.TEST else None
        yield f"47-paper-{step}", replace(home, view=PaperChange(step, status), visit=replace(work, busy=busy))
    failed = PaperChange(PaperStep.OPEN, PrinterStatus.PAPER_OUT, has_failed=True)
    for count in (0, 2):
        yield f"48-touch-{count}", replace(home, view=TouchTargets(TARGETS[:count]), visit=work)
    yield "48-touch-failed", replace(home, view=TouchTargets(missed_mm=9.3, has_failed=True), visit=work)
    trial = TouchTrial(Matrix(a=1.01, c=-0.004), 1.2, 12)
    yield "48-touch-trial", replace(home, view=trial, visit=work)
    yield "48-touch-kept", replace(home, view=replace(trial, is_kept=True), visit=work)
    yield "47-paper-failed", replace(home, view=failed, visit=work)


def _camera_states(home: Kiosk, work: Upkeep) -> Iterator[tuple[str, Kiosk]]:
    """Yield the calibration of the camera: before, each refusal, and what was measured."""
    with_pages = replace(home, place=replace(home.place, pages=True))
    yield "49-camera", replace(with_pages, view=CameraChart(), visit=work)
    yield "49-camera-brought", replace(home, place=replace(home.place, pages=False), view=CameraChart(), visit=work)
    printed = PrintedDocument(JobEnd.PRINTED, DocumentPrinterStatus.READY, 1)
    yield "49-camera-printed", replace(with_pages, view=CameraChart(printed=printed), visit=work)
    jammed = PrintedDocument(JobEnd.ABORTED, DocumentPrinterStatus.JAMMED)
    yield "49-camera-not-printed", replace(with_pages, view=CameraChart(printed=jammed), visit=work)
    yield "49-camera-printing", replace(with_pages, view=CameraChart(), visit=replace(work, busy=Errand.PRINTING))
    yield "49-camera-looking", replace(with_pages, view=CameraChart(), visit=replace(work, busy=Errand.CALIBRATING))
    plate = Plate(2592, 1944, (0.13, 0.0, -150.0, 0.0, 0.13, -110.0, 0.0, 0.0, 1.0), 0.128, 0.31, 226.0, 0.12)
    for outcome in ChartOutcome:
        yield f"49-camera-{outcome}", replace(with_pages, view=CameraChart(ChartReading(outcome, plate)), visit=work)


def _machine_states(home: Kiosk, work: Upkeep) -> Iterator[tuple[str, Kiosk]]:
    """Yield the page of the machine, for a technician and for an engineer."""
    tried = (
        Tried(home.now - timedelta(days=30), "2026.10.4", "good", ""),
        Tried(home.now - timedelta(days=3), "2026.11.1", "failed", "visit:camera"),
        Tried(home.now - timedelta(days=1), "2026.11.2", "good", ""),
    )
    look = MachineLook("2026.11.2", "A", "2026.10.4", tried, has_stick=True)
    engineer = replace(work, staff=Staff("E-02", TechnicianRole.ENGINEER), machine=look)

    def at(work: Upkeep, asked: MachineAct | None = None) -> Kiosk:
        return replace(home, view=MachineShown(asked), visit=work)

    yield "46-machine", at(engineer)
    yield "46-machine-technician", at(replace(work, machine=MachineLook("2026.11.2")))
    left_out = MachineLook("2026.11.2", "A", "2026.10.4", stick=StickWord.LEFT_OUT, stick_kind="1234:5678")
    yield "46-machine-stick-left-out", at(replace(work, machine=left_out))
    yield "46-machine-stick-unnamed", at(replace(work, machine=replace(left_out, stick=StickWord.LET_IN)))
    yield "46-machine-looking", at(work)
    yield "46-machine-exported", at(replace(engineer, done=MachineDone(MachineAct.EXPORT, MachineOutcome.DONE, "7")))
    yield "46-machine-carried", at(replace(engineer, done=MachineDone(MachineAct.CARRY, MachineOutcome.DONE, "7")))
    yield "46-machine-held-up", at(replace(engineer, done=MachineDone(MachineAct.CARRY, MachineOutcome.HELD_UP, "4/7")))
    yield "46-machine-unread-list", at(replace(engineer, done=MachineDone(MachineAct.CARRY, MachineOutcome.UNREAD_LIST)))
    yield "46-machine-distrusted", at(replace(engineer, done=MachineDone(MachineAct.INSTALL, MachineOutcome.DISTRUSTED)))
    yield "46-machine-asked", at(engineer, MachineAct.INSTALL)
    yield "46-machine-end", at(engineer, MachineAct.END)
    yield "46-machine-end-typing", replace(home, view=MachineShown(MachineAct.END, home.place.terminal[:6]), visit=engineer)
    yield "46-machine-end-typed", replace(home, view=MachineShown(MachineAct.END, home.place.terminal), visit=engineer)
    yield "46-machine-end-waiting", at(replace(engineer, done=MachineDone(MachineAct.END, MachineOutcome.WAITING, "3")))
    yield "46-machine-ended", at(replace(engineer, done=MachineDone(MachineAct.END, MachineOutcome.DONE, "4F19A03C55D2E871")))
    yield "46-machine-treating", at(replace(engineer, busy=Errand.TREATING))


def _set_up_states(home: Kiosk) -> Iterator[tuple[str, Kiosk]]:
    """Yield the first-boot wizard, step by step."""
    network = Network(is_fixed=True, address="192.0.2.17/24", gateway="192.0.2.1", name_server="192.0.2.53", has_backup=True)
    answers = Answers(language=home.display.language, city="city.example.org", terminal="SY-HP-0173", code="K7QM3D9XWV4F", network=network)
    place = replace(home.place, community="晴岚社区")
    holds = tuple(Walked(step, StepOutcome.HOLDS, fact, 2) for step, fact in FACTS)
    broken = (*holds[:6], Walked(WayStep.TLS, StepOutcome.WRONG_CERTIFICATE, "self-signed certificate"), *_not_tried(7))

    def at(step: SetUpStep, **facts: object) -> Kiosk:
        setting = SettingUp(1, msgspec.structs.replace(answers, step=step))
        return replace(home, place=place, view=SetUpShown(), visit=replace(setting, **facts))  # type: ignore[arg-type]  # facts by name

    high = msgspec.structs.replace(answers, step=SetUpStep.PANEL, form=PanelForm.UPRIGHT_32, bottom_mm=900)
    yield "45-first-boot-language", at(SetUpStep.LANGUAGE)
    yield "45-first-boot-panel", at(SetUpStep.PANEL)
    yield "45-first-boot-panel-high", at(SetUpStep.PANEL, answers=high)
    yield "45-first-boot-network", at(SetUpStep.NETWORK)
    wired = msgspec.structs.replace(network, has_dot1x=True, identity="kiosk-0173", password="sample")  # noqa: S106 - invented
    dot1x = msgspec.structs.replace(answers, step=SetUpStep.NETWORK, network=wired)
    yield "45-first-boot-network-wrong", at(SetUpStep.NETWORK, answers=dot1x, wrong=frozenset({SetUpField.GATEWAY, SetUpField.PASSWORD}))
    yield (
        "45-first-boot-network-typing",
        at(SetUpStep.NETWORK, answers=dot1x, opened=SetUpField.PASSWORD, typed=Secret("sam")),
    )
    behind = msgspec.structs.replace(network, has_proxy=True, proxy="proxy.example.org:3128", proxy_user="kiosk-0173")
    proxied = msgspec.structs.replace(answers, step=SetUpStep.NETWORK, network=behind)
    yield "45-first-boot-network-proxy", at(SetUpStep.NETWORK, answers=proxied, wrong=frozenset({SetUpField.PROXY_PASSWORD}))
    yield "45-first-boot-network-whole", at(SetUpStep.NETWORK, way=holds)
    yield "45-first-boot-network-broken", at(SetUpStep.NETWORK, way=broken, trouble=SetUpTrouble.NO_HELPER)
    yield "45-first-boot-clock", at(SetUpStep.CLOCK, way=holds)
    yield "45-first-boot-clock-typing", at(SetUpStep.CLOCK, opened=SetUpField.TIME, typed=Secret("20261123"))
    yield "45-first-boot-enrolment", at(SetUpStep.ENROLMENT, trouble=SetUpTrouble.REFUSED)
    yield "45-first-boot-enrolment-typing", at(SetUpStep.ENROLMENT, opened=SetUpField.CODE, typed=Secret("K7QM"))
    words = ("红山", "绿河", "白桥", "黑灯", "黄船", "紫马")
    placed = msgspec.structs.replace(answers, step=SetUpStep.ENROLMENT, place="晴岚社区")
    yield "45-first-boot-words", at(SetUpStep.ENROLMENT, answers=placed, words=words, is_busy=True)
    yield (
        "45-first-boot-devices",
        at(SetUpStep.DEVICES, findings=(*WELL[:2], Finding(Check.DOCUMENT_CAMERA, Verdict.FAULT, "camera_absent"))),
    )
    yield "45-first-boot-devices-asked", at(SetUpStep.DEVICES, findings=WELL[:1], is_busy=True)
    yield "45-first-boot-trial", at(SetUpStep.TRIAL, is_busy=True)
    yield "45-first-boot-trial-failed", at(SetUpStep.TRIAL, trouble=SetUpTrouble.VISIT, failed_at="catalogue")
    yield "45-first-boot-proven", at(SetUpStep.TRIAL, is_proven=True)


def _not_tried(count: int) -> tuple[Walked, ...]:
    return tuple(Walked(step, StepOutcome.NOT_TRIED) for step in list(WayStep)[count:])
