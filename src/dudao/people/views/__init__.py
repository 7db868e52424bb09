"""Pages of people: ``entry`` (log-in), ``own`` (one's own account), ``accounts``, ``bulk``, ``supervision`` (log, policy,
looking as somebody else)."""
