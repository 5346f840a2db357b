"""`make bench`: what searching, personalizing and starting cost, as ratios measured in one run.

A benchmark is a module whose `run(plan)` measures and returns what it found; `measure` lists them.
"""
