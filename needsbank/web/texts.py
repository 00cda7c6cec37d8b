"""Marking texts for translation where they are not translated at once."""


def mark(text: str) -> str:
    """Return `text` as it is; the catalogue's extractor finds it by this function's name."""
    return text
