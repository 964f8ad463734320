"""The kinds of objects and the features that a session has. A new one is a folder and a line here."""

from typing import Final

from .agents.handlers import AGENTS
from .calls.handlers import CALLS
from .configuration.handlers import CONFIGURATION
from .kind import Feature, Kind
from .monitors.handlers import TEAMS
from .skill_groups.handlers import SKILL_GROUPS
from .supervisors.handlers import SUPERVISORS

__all__ = ["FEATURES", "KINDS"]

KINDS: Final[tuple[Kind, ...]] = (AGENTS, TEAMS, CALLS, SKILL_GROUPS)
FEATURES: Final[tuple[Feature, ...]] = (SUPERVISORS, CONFIGURATION)
