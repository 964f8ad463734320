"""``python -m ctios_fast``: the same as ``ctios-fast``."""

from ctios_fast.cli.main import main

if __name__ == "__main__":
    main()
