"""Who is compared with whom, a module for each subject.

Every side checks, before it is measured, that it reads or makes the same as the others.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from benchmarks.measure import Comparison


@cache
def by_name() -> dict[str, Comparison]:
    """Every comparison."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    found = [comparison for module in modules for comparison in module.comparisons()]
    return {comparison.name: comparison for comparison in found}
