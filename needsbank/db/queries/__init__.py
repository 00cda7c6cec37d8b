"""Reads: functions that return a `Select`, rights included."""
