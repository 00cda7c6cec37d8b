"""HTML for people: one folder per feature, and what all pages share."""
