"""The CTI OS object model: Session, Agent, Arguments, events, on top of a connection."""
