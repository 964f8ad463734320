"""A simulated pair of CTI Servers, sides A and B, that speaks GED-188 on real sockets.

It is the test double of this project and of programs that speak the protocol themselves, the server of the
demo and a source of load. ``Simulator`` is the entrance. ``plant`` holds the agents and calls, without I/O.
``server`` holds the sessions, the requests and the distribution of events, ``control`` the commands, and
``scenario`` what happens by itself. Nothing of the library imports
this package.
"""

from ctios_fast.sim.control import CommandError, Control, ControlSocket
from ctios_fast.sim.plant import Plant, PlantAgent, PlantSettings, Population
from ctios_fast.sim.server.client_session import ClientSession

from .counters import Counters
from .side import Side
from .sim_clocks import ScaledClock, VirtualClock
from .simulator import COMPONENT_FAILED, MAX_AGENTS, Simulator

__all__ = [
    "COMPONENT_FAILED",
    "MAX_AGENTS",
    "ClientSession",
    "CommandError",
    "Control",
    "ControlSocket",
    "Counters",
    "Plant",
    "PlantAgent",
    "PlantSettings",
    "Population",
    "ScaledClock",
    "Side",
    "Simulator",
    "VirtualClock",
]
