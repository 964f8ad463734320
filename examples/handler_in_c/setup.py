"""Builds the handler: ``python setup.py build_ext --inplace``."""

from pathlib import Path

from Cython.Build import cythonize
from setuptools import setup

import ctios_fast

# where the .pxd files of ctios_fast are: Cython does not see those of an editable install by itself
SITE = Path(ctios_fast.__file__).parent.parent

setup(name="ready_counter", ext_modules=cythonize("ready_counter.pyx", include_path=[str(SITE)], quiet=True))
