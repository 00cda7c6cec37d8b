"""Adapters that read what comes from outside; strict about what they accept."""
