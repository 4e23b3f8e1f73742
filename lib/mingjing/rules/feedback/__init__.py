"""Public feedback: requests, repeats, services and disclosure, four-way evaluation; `catalogue/feedback.toml`."""

from mingjing.rules.feedback import evaluation, hotline, repeats, service

__all__ = ["evaluation", "hotline", "repeats", "service"]
