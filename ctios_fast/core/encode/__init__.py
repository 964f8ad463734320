"""Writing frames: from mappings of wire names, or from keyword arguments of a message class."""
