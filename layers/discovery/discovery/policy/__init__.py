"""The policy: what operators set in Parameter Store, how it is read, shared, judged and edited."""
