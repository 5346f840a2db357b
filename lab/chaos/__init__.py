"""`make chaos`: servers and environments of a stack under load are killed or hung, one phase after the other."""
