"""Answers that other programs wrote: read, held against a task, and scored."""
