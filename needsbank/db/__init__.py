"""Storage: tables, queries, migrations and the one transaction that each use case runs in."""
