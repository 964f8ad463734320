"""A simulated pair of CTI Servers, sides A and B, that speaks GED-188 on real sockets.

It is the test double of this project, the server of its demo and a source of load. ``Simulator`` is the
door. ``opening`` holds the checks of OPEN_REQ, ``requests`` what is done with the others, ``agent_states``
the agent's state machine, ``peripheral`` the agents, ``events`` who hears of them, ``replies`` what is said.
Nothing of the library imports this package.
"""

from ctios_fast.sim.plant.peripheral import Agent, Peripheral
from ctios_fast.sim.server.client_session import Session

from .counters import Counters
from .side import Side
from .simulator import COMPONENT_FAILED, Simulator

__all__ = ["COMPONENT_FAILED", "Agent", "Counters", "Peripheral", "Session", "Side", "Simulator"]
