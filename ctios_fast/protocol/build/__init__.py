"""Generators that ``setup.py`` runs before compiling: C tables, numbers, enumerations, classes, stubs."""
