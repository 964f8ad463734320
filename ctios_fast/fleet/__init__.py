"""Jobs that run many agents over one session."""
