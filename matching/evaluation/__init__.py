"""Measures the matcher: on folders of judged texts, and on the demo bank."""
