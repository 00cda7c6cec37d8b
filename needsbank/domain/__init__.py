"""The rules of the bank in plain Python: no web, no database, no matcher."""
