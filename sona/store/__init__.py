"""Where people are kept: a port and its two houses, the memory of a process and a DynamoDB table."""
