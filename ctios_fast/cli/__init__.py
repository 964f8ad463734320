"""The command line ``ctios-fast`` (extra ``[cli]``). Each command is a thin shell over the library.

``main`` is the entry point and ``group`` the table of commands. Each command has a module of its own, which
is imported when the command is chosen. ``file_streams`` has what ``decode`` and ``encode`` share,
``exit_statuses`` the statuses of all commands, ``standard_streams`` the rule for output that fails.
"""
