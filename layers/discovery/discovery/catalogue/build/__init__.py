"""Building and publishing index bundles; runs on an operator's machine, not in a function."""
