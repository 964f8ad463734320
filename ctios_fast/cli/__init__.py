"""The command line ``ctios-fast`` (extra ``[cli]``): thin shells over what the library offers.

``main`` is the entry point, ``group`` the table of commands, ``streams`` what the filters share; each command
has a module of its own, imported when it is chosen.
"""
