"""Builds the handler: ``python setup.py build_ext --inplace``."""

from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

import ctios_fast
from ctios_fast.core import get_include

# where the .pxd files of ctios_fast are: Cython does not see those of an editable install by itself
SITE = Path(ctios_fast.__file__).parent.parent

MODULE = Extension("ready_counter", ["ready_counter.pyx"], include_dirs=[get_include()])

setup(name="ready_counter", ext_modules=cythonize(MODULE, include_path=[str(SITE)], quiet=True))
