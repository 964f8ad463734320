"""From frames to handlers: dispatcher, C handlers, field readers and pending requests."""
