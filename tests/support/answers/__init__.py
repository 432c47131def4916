"""Answers in words, each with the reading that its construction gives it."""
