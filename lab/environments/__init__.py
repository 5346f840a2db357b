"""The search function as Lambda holds it: in this process, or in processes of its own."""
