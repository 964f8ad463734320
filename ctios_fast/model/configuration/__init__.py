"""The configuration of a peripheral: agents, skill groups, services, devices and more, with their names."""
