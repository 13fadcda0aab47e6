"""A built folder as a whole: made ready apart, switched in one step, told from another by its inputs, verified."""
