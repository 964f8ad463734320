"""The contact centre that the simulated servers show: agents, calls and statistics, without I/O.

``Plant`` is what a server uses. It reports ``PlantEvent``s and refuses by ``PlantError``s; a ``Population``
says who and what there is, ``PlantSettings`` how it behaves where peripherals differ.
"""

from .call_context import CallContext, CallDataChanges
from .configuring import ConfigChange
from .entities import (
    VOICE_MRD,
    Call,
    CallTypeEntry,
    Connection,
    DeskSettings,
    Device,
    DialedNumber,
    MediaState,
    Membership,
    PlantAgent,
    Queue,
    Service,
    SkillGroup,
    Team,
    Terminal,
    TrunkGroup,
)
from .plant import Plant
from .plant_error import ControlRefusal, PlantError, RequestRefusal
from .plant_event import CALL_MASK_BIT, Audience, PlantEvent
from .plant_settings import ConnectionIdForm, IdChange, PlantSettings
from .population import MAX_AGENTS, ContradictingAgent, Population, UnknownAgent

__all__ = [
    "CALL_MASK_BIT",
    "MAX_AGENTS",
    "VOICE_MRD",
    "Audience",
    "Call",
    "CallContext",
    "CallDataChanges",
    "CallTypeEntry",
    "ConfigChange",
    "Connection",
    "ConnectionIdForm",
    "ContradictingAgent",
    "ControlRefusal",
    "DeskSettings",
    "Device",
    "DialedNumber",
    "IdChange",
    "MediaState",
    "Membership",
    "Plant",
    "PlantAgent",
    "PlantError",
    "PlantEvent",
    "PlantSettings",
    "Population",
    "Queue",
    "RequestRefusal",
    "Service",
    "SkillGroup",
    "Team",
    "Terminal",
    "TrunkGroup",
    "UnknownAgent",
]
