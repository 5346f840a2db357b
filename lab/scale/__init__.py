"""How a bundle's start, memory and searches grow with its titles, and what ten times as many would take."""
