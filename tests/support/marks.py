"""Which rows of ``docs/ctios_coverage.toml`` the tests prove, by the ``covers`` marks of the modules."""

import importlib.util
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from support.scripts import ROOT


def covered_rows() -> dict[str, list[str]]:
    """The tests that cover each row, by the row's id."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").glob("**/test_*.py")):
        if "covers(" not in path.read_text("utf-8"):
            continue
        for name, test in _tests(_module(path)):
            for mark in _marks(test):
                for row in mark.args:
                    found[row].append(f"{path.stem}.{name}")
    return dict(found)


def _module(path: Path) -> ModuleType:
    # pytest may have imported it already
    known = sys.modules.get(path.stem)
    if known is not None and known.__file__ == str(path):
        return known
    spec = importlib.util.spec_from_file_location(f"_marks_of_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _tests(owner: Any) -> Iterator[tuple[str, Any]]:
    for name, value in vars(owner).items():
        if name.startswith("test_") and inspect.isroutine(value):
            yield name, value
        elif name.startswith("Test") and inspect.isclass(value):
            yield from _tests(value)


def _marks(test: Any) -> Iterator[Any]:
    # Those of the function, and those of single parameters.
    for mark in getattr(test, "pytestmark", ()):
        if mark.name == "covers":
            yield mark
        elif mark.name == "parametrize":
            for parameters in mark.args[1]:
                yield from (each for each in getattr(parameters, "marks", ()) if each.name == "covers")
