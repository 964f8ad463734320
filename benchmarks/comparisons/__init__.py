"""The comparisons, one module for each subject.

Before a side is measured, it checks that its results equal those of the other sides.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from benchmarks.measure import Comparison


@cache
def by_name() -> dict[str, Comparison]:
    """Return every comparison by its name."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    found = [comparison for module in modules for comparison in module.comparisons()]
    return {comparison.name: comparison for comparison in found}
