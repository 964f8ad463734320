"""Cython's plugin for coverage.py, which finds the C code of every ``.pxd`` too. ``pyproject.toml`` names it.

Two faults of Cython's own plugin are mended. Both concern a ``.pxd`` without a module of its own, whose
inline functions are in the C files of the modules that cimport it.

- It looks for the C file beside the ``.pxd`` only. It takes a file without one for a file of Python, unless
  another file of the same C code was traced before. coverage.py refuses to combine the results of two
  processes that differ in this.
- A file that was cimported relatively is named in the C code without its folder. It takes such a name for the
  ``.pxd`` of the module.
"""

import os
from collections import defaultdict
from typing import Any

from coverage.plugin_support import Plugins
from Cython import Coverage

__all__ = ["Plugin", "coverage_init"]


class Plugin(Coverage.Plugin):
    """Traces and reports the lines of ``.py``, ``.pyx`` and ``.pxd`` files that were compiled."""

    def _find_source_files(self, filename: str) -> tuple[str | None, str | None]:
        c_file, py_file = super()._find_source_files(filename)
        if c_file is None and filename.endswith(".pxd"):
            self._find_c_source_files(os.path.dirname(filename), filename)
            c_file = (self._c_files_map or {}).get(filename, (None,))[0]
        return c_file, py_file

    def _parse_cfile_lines(self, c_file: str) -> dict[str, dict[int, Any]]:
        found: dict[str, dict[int, Any]] = defaultdict(dict)
        for name, lines in super()._parse_cfile_lines(c_file).items():
            beside = os.path.join(os.path.dirname(c_file), name)
            found[os.path.relpath(beside) if os.path.exists(beside) else name].update(lines)
        return found


def coverage_init(reg: Plugins, options: dict[str, str]) -> None:
    """Called by coverage.py."""
    del options
    plugin = Plugin()
    reg.add_configurer(plugin)
    reg.add_file_tracer(plugin)
