"""Whether the statistics of experiments keep their promises: simulated people whose truth is known."""
