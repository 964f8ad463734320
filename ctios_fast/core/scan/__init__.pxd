# Lets other Cython packages cimport from ctios_fast.core.scan.
