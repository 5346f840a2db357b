"""From the words of a query to what is wanted."""
