"""The actor of the command line: whoever may run it on the server keeps the bank."""

from uuid import UUID

from needsbank.domain.roles import Actor, Role

OPERATOR = Actor(None, frozenset({(UUID(int=0), Role.ADMIN)}))
