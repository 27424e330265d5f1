"""The visit as pure functions: `advance(state, event)` answers with the next state and the effects to carry out.

No I/O, no clock, no threads, no Kivy. Time comes in as `MinutePassed` and `TimerFired`, everything else as events; what must be
done goes out as effects, and their outcomes come back as events that name the visit they belong to.
"""

from kiosk.flow.advance import advance as advance
