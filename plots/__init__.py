"""How pictures look, wherever the project draws any."""
