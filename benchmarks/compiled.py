"""Builds the handler in C against the package's ``.pxd`` files, as a user's program would."""

import importlib.util
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import ModuleType

import ctios_fast

SOURCE = Path(__file__).parent / "handler_in_c.pyx"
_BUILD = """
import sys
from Cython.Build import cythonize
from setuptools import Extension, setup
from ctios_fast.core import get_include
extension = Extension(
    "handler_in_c", [sys.argv[1]], include_dirs=[get_include()], extra_compile_args=sys.argv[3:])
setup(script_args=["-q", "build_ext", "--build-lib", ".", "--build-temp", "."],
      ext_modules=cythonize([extension], include_path=[sys.argv[2]], build_dir=".", quiet=True))
"""


def can_be_built() -> bool:
    """Return True if the package has the interface and Cython is installed."""
    return all(
        importlib.util.find_spec(name)
        for name in ("ctios_fast.core.dispatch.c_handler", "Cython", "setuptools")
    )


@cache
def handler_in_c() -> ModuleType:
    """Build and return the module."""
    site = Path(ctios_fast.__file__).parent.parent
    flags = [] if sys.platform == "win32" else ["-O3"]  # the flags of the package itself
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", _BUILD, str(SOURCE), str(site), *flags]
        built = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if built.returncode:
            raise RuntimeError(f"{SOURCE.name} cannot be built:\n{built.stderr}")
        module = next(path for path in Path(folder).rglob("handler_in_c*") if path.suffix in (".so", ".pyd"))
        spec = importlib.util.spec_from_file_location("handler_in_c", module)
        assert spec is not None
        assert spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
    return loaded
