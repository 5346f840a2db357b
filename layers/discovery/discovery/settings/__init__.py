"""Settings of the functions: a module a subject, and all of them in `settings`."""
