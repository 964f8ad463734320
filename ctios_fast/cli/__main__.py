"""``python -m ctios_fast.cli``: the same as ``ctios-fast``."""

from ctios_fast.cli.main import main

main()
