"""Alternatives to the library that users would write or install, each written as well as its author could."""
