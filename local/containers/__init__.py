"""`sam local`: what it needs to run the built functions in containers against a stack on this machine."""
