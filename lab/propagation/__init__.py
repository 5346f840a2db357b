"""`make propagation`: how fast an edit of the policy is seen by every environment, and what that costs SSM."""
