"""What happens in a simulated contact centre by itself: agents log in, calls arrive, faults occur.

``load_scenario`` reads a TOML file or a ready scenario; ``ScenarioRun`` makes it happen on a plant.
"""

from .scenario import Scenario, ScenarioError
from .scenario_file import READY_SCENARIOS, load_scenario
from .scenario_run import ScenarioRun

__all__ = ["READY_SCENARIOS", "Scenario", "ScenarioError", "ScenarioRun", "load_scenario"]
