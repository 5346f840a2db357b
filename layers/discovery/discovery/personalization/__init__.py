"""From candidates to this person's order: policy, cached scores, SONA, the blend."""
