"""SONA, the personalization engine, as its client sees it: contract, HTTP, circuit breaker."""
