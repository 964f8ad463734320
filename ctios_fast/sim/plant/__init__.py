"""The contact centre behind the simulated servers: agents and their states, without I/O."""
