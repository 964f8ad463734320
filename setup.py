"""Builds the compiled core; everything that is not code about building stands in ``pyproject.toml``.

Environment variables for developers (set them to 1):

``CTIOS_FAST_ANNOTATE``   write the annotated HTML of each Cython module beside it
``CTIOS_FAST_DEBUG``      no optimisation, debug symbols, Cython's bounds checks on
``CTIOS_FAST_COVERAGE``   line tracing in the compiled modules, for coverage
"""

import importlib.util
import os
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

ROOT = Path(__file__).parent
ANNOTATE, DEBUG, COVERAGE = (
    os.environ.get(f"CTIOS_FAST_{name}") == "1" for name in ("ANNOTATE", "DEBUG", "COVERAGE")
)


def generate_tables() -> None:
    """Run the generator without importing ``ctios_fast`` itself, which needs what is being built."""
    folder = ROOT / "ctios_fast" / "protocol"
    spec = importlib.util.spec_from_file_location(
        "_protocol", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    sys.modules["_protocol"] = importlib.util.module_from_spec(spec)
    importlib.import_module("_protocol.generate").generate()


def extensions() -> list[Extension]:
    """One extension for each ``core/*.pyx``."""
    msvc = sys.platform == "win32"
    compile_args = ["/O2"] if msvc else ["-O0", "-g"] if DEBUG else ["-O3"]
    return [
        Extension(
            ".".join(path.relative_to(ROOT).with_suffix("").parts),
            [str(path.relative_to(ROOT))],
            include_dirs=["ctios_fast/core"],
            depends=["ctios_fast/core/_tables.h"],
            extra_compile_args=compile_args,
            define_macros=[("CYTHON_TRACE", "1"), ("CYTHON_TRACE_NOGIL", "1")] if COVERAGE else [],
        )
        for path in sorted((ROOT / "ctios_fast" / "core").glob("*.pyx"))
    ]


generate_tables()
setup(
    ext_modules=cythonize(
        extensions(),
        annotate=ANNOTATE,
        compiler_directives={
            "language_level": 3,
            "boundscheck": DEBUG,
            "wraparound": False,
            "initializedcheck": DEBUG,
            "cdivision": True,
            "linetrace": COVERAGE,
            "embedsignature": True,
        },
    )
)
