"""``python -m ctios_fast.cli``: the same as ``ctios-fast``."""

from .main import main

if __name__ == "__main__":
    main()
