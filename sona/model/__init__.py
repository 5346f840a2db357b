"""The artefact that scores come from: a folder of arrays and a manifest, opened by memory mapping, never changed."""
