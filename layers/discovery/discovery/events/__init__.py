"""What people do with what they found: judged, kept for analysis, and told to their profile."""
