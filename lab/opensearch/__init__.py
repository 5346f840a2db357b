"""A catalogue in OpenSearch, measured on a node of this machine: agreement with a bundle, faults, changes."""
