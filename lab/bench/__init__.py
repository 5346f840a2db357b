"""`make bench`: what personalizing, searching and starting cost, as ratios measured in one run."""
