"""Small scripts of the build and of `make`."""
