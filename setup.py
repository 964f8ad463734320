"""Builds the compiled core. Everything about the package that is not code is in ``pyproject.toml``.

Environment variables for developers (set them to 1):

``CTIOS_FAST_ANNOTATE``   write the annotated HTML of each Cython module beside it
``CTIOS_FAST_DEBUG``      no optimisation, debug symbols, Cython's bounds checks on
``CTIOS_FAST_COVERAGE``   line tracing in the compiled modules, for coverage

Two builds of the same sources give the same bytes: sources are named relative to this folder, and what is not
built for debugging has no debug symbols, which would name the folder itself. ``ci/wheels`` checks it.
"""

import importlib.util
import os
import re
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

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
    importlib.import_module("_protocol.build.generate").generate()


class BuildExtensions(build_ext):
    """Builds with the arguments of the compiler in use."""

    def build_extensions(self) -> None:
        """Called once the compiler is known."""
        if self.compiler.compiler_type == "msvc":
            arguments = ["/Od", "/Zi"] if DEBUG else ["/O2"]
        else:
            arguments = ["-O0", "-g"] if DEBUG else ["-O1"] if COVERAGE else ["-O3"]
            if not DEBUG and "-g" not in os.environ.get("CFLAGS", "").split():
                arguments.append("-g0")  # Python's own compiler flags include -g
            # The modules need only the C library. A search path would name a folder of this machine.
            self.compiler.linker_so = [
                word for word in self.compiler.linker_so if not word.startswith("-Wl,-rpath")
            ]
        for extension in self.extensions:
            extension.extra_compile_args = arguments
        super().build_extensions()


def extensions() -> list[Extension]:
    """One extension for each ``.pyx`` below ``core/``."""
    headers = [str(path.relative_to(ROOT)) for path in (ROOT / "ctios_fast" / "core" / "c").glob("*.h")]
    return [
        Extension(
            ".".join(path.relative_to(ROOT).with_suffix("").parts),
            [str(path.relative_to(ROOT))],
            include_dirs=["ctios_fast/core"],
            depends=["ctios_fast/core/_tables.h", *headers],
            define_macros=[("CYTHON_TRACE", "1"), ("CYTHON_TRACE_NOGIL", "1")] if COVERAGE else [],
        )
        for path in sorted((ROOT / "ctios_fast" / "core").rglob("*.pyx"))
    ]


def long_description() -> str:
    """README.md without its links to other files of the project, which lead nowhere on a package index."""
    text = (ROOT / "README.md").read_text("utf-8")
    return re.sub(r"\[([^\]]+)\]\((?!https?://)[^)]+\)", r"\1", text)


generate_tables()
setup(
    long_description=long_description(),
    long_description_content_type="text/markdown",
    cmdclass={"build_ext": BuildExtensions},
    options={"build_ext": {"parallel": os.cpu_count() or 1}},
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
    ),
)
