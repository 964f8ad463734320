"""For tests of the project itself: its scripts, its program, and a mark for tests that need its sources."""

import importlib.util
import shlex
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent.parent

#: For tests that read files which only a source tree has. ``ci/installed.py`` runs the tests without it.
needs_sources = pytest.mark.skipif(not (ROOT / "setup.py").is_file(), reason="needs the project's sources")


def load_script(path: Path) -> ModuleType:
    """Run a file that is not in a package, and return its module. It may import files of its folder."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module


def write_program(folder: Path) -> None:
    """Write the program ``ctios-fast`` of the interpreter that runs the tests into a folder."""
    program = folder / "ctios-fast"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m ctios_fast "$@"\n')
    program.chmod(0o755)
