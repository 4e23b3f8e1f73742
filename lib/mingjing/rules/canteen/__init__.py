"""Canteen: food safety, accounts, scoring, visits."""

from mingjing.rules.canteen import accounts, books, food, scoring, visits

__all__ = ["accounts", "books", "food", "scoring", "visits"]
