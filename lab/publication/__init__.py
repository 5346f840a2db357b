"""How soon running environments answer from a catalogue that is published, and what that costs searches."""
