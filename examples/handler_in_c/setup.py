"""Builds the handler: ``python setup.py build_ext --inplace``."""

from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

import ctios_fast
from ctios_fast.core import get_include

# The folder of ctios_fast's .pxd files. Cython does not find those of an editable installation by itself.
SITE = Path(ctios_fast.__file__).parent.parent

MODULE = Extension("ready_counter", ["ready_counter.pyx"], include_dirs=[get_include()])

setup(name="ready_counter", ext_modules=cythonize(MODULE, include_path=[str(SITE)], quiet=True))
