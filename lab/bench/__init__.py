"""`make bench`: what personalising, searching and starting cost, as ratios measured in one run."""
