"""Folders that are published to S3 as a whole, catalogues and models: written once, named after what they hold."""
