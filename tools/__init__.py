"""Programs that people run: the `discovery` command line, the local stack, a local SONA, benchmarks."""
