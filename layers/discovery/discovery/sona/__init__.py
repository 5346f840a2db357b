"""SONA, the personalization engine, as its client sees it: contract, HTTP, answers that are checked."""
