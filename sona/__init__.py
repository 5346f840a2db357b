"""A small SONA: the personalization engine that search asks how much a user likes each candidate.

It runs as a process of its own and scores for real, from the viewing events it is sent. `profile` turns events into
preferences, `scoring` turns preferences into scores (both pure, over arrays), `engine` keeps the users, `app` speaks
HTTP and `events` tells EventBridge of changed profiles.
"""
