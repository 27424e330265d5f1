"""Calibration of the document camera at the menu: the chart is printed where there is a printer for pages, laid down, and looked at."""

from dataclasses import replace

from kiosk.flow.events import Event
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.technician import ChartPrinted, ChartRead, ChartWanted
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, show, stay
from kiosk.flow.technician import CameraChart, Errand, Overview, Staff, Upkeep
from kiosk.flow.technician_orders import PrintChart, ReadChart, TakeStock


def open_chart(state: Kiosk, work: Upkeep) -> Step:
    """Say what to do; nothing is looked at yet."""
    return replace(state, visit=work, view=CameraChart()), ()


def on_chart(state: Kiosk, work: Upkeep, staff: Staff, view: CameraChart, event: Event) -> Step:
    """What is measured is kept by the camera's own process, and used from the next picture on."""
    match event:
        case NextPressed() if work.busy is None:
            busy = replace(work, busy=Errand.CALIBRATING)
            return replace(state, visit=busy, view=CameraChart()), (ReadChart(work.token, staff),)
        case ChartWanted() if work.busy is None and state.place.pages:
            busy = replace(work, busy=Errand.PRINTING)
            return replace(state, visit=busy, view=CameraChart()), (PrintChart(work.token, staff),)
        case ChartRead(token, reading) if token == work.token and work.busy is Errand.CALIBRATING:
            return replace(state, visit=replace(work, busy=None), view=CameraChart(reading)), ()
        case ChartPrinted(token, printed) if token == work.token and work.busy is Errand.PRINTING:
            return replace(state, visit=replace(work, busy=None), view=replace(view, printed=printed)), ()
        case BackPressed() if work.busy is None:
            left, effects = show(replace(state, visit=replace(work, busy=Errand.TAKING_STOCK)), Overview())
            return left, (*effects, TakeStock(work.token, staff))
        case _:
            return stay(state)
