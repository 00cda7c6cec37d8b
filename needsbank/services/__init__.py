"""Use cases: a session, an actor and a command in, a model out; no commit, no HTTP."""
