"""How fast suggestions are, and how often they have the title that is being typed."""
