"""Many frames without a message object each: columns and filters."""
