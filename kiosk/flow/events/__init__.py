"""What can happen. An event is something that has happened; those that answer an effect name the visit that asked.

Each module holds what comes from one side; here they are put together for whoever takes any of them.
"""

from kiosk.flow.events.applying import ApplyingEvent
from kiosk.flow.events.choosing import ChoosingEvent
from kiosk.flow.events.devices import DeviceEvent
from kiosk.flow.events.glass import GlassEvent
from kiosk.flow.events.technician import TechnicianAct, TechnicianFact
from kiosk.flow.events.terminal import TerminalEvent
from kiosk.flow.setting_up import SetUpAct

ResidentEvent = GlassEvent | ChoosingEvent | ApplyingEvent | TechnicianAct | SetUpAct
OutsideEvent = DeviceEvent | TerminalEvent | TechnicianFact
Event = ResidentEvent | OutsideEvent
