"""What an experiment's people did, compared: metrics by variant, differences to control, guardrails and a verdict."""
