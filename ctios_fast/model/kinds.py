"""The kinds of objects and the features that a session has. A new one is a folder and a line here."""

from typing import Final

from .agents.handlers import AGENTS
from .button_reports import BUTTON_EVENTS
from .calls.handlers import CALLS
from .configuration.handlers import CONFIGURATION
from .connection_events import SESSION_EVENTS
from .kind import Feature, Kind
from .monitors.handlers import TEAMS
from .publisher import EventTable
from .skill_groups.handlers import SKILL_GROUPS
from .supervisors.handlers import SUPERVISORS

__all__ = ["EVENT_TABLES", "FEATURES", "KINDS"]

KINDS: Final[tuple[Kind, ...]] = (AGENTS, TEAMS, CALLS, SKILL_GROUPS)
FEATURES: Final[tuple[Feature, ...]] = (SUPERVISORS, CONFIGURATION)
#: The events that a session fires.
EVENT_TABLES: Final[tuple[EventTable, ...]] = (
    SESSION_EVENTS,
    BUTTON_EVENTS,
    *(feature.events for feature in FEATURES),
    *(kind.events for kind in KINDS),
)
