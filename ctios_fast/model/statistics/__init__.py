"""Statistics of agents and skill groups: their figures, what is computed of them, when to ask for them."""
