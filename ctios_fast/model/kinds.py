"""The kinds of objects that a session has: one row each. A new kind is a folder and a line here."""

from typing import Final

from .agents.handlers import AGENTS
from .calls.handlers import CALLS
from .kind import Kind
from .monitors.handlers import TEAMS
from .skill_groups.handlers import SKILL_GROUPS

__all__ = ["KINDS"]

KINDS: Final[tuple[Kind, ...]] = (AGENTS, TEAMS, CALLS, SKILL_GROUPS)
