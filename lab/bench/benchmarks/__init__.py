"""The benchmarks, a module each, in the order of the page. `run(plan)` measures and returns what it found."""
