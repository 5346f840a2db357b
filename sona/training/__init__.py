"""From events to a model: reading, weights between titles, popularity, content, evaluation."""
