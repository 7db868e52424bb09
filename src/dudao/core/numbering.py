"""Numbers without gaps: 1, 2, 3 under a key, whoever asks at the same time.

A number belongs to the transaction that takes it: rolled back, it is free again; committed, it is never given out twice. Whoever
takes numbers under two keys takes them in the order of the keys, so that two transactions can't wait for each other.
"""

from django.db import connection


def next_number(key: str) -> int:
    """The number after the last one. Holds the key's row until the transaction ends; must run inside one."""
    if not connection.in_atomic_block:
        raise RuntimeError("a number is taken inside a transaction, or it would be lost when the rest fails")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_counter (key, last) VALUES (%s, 1) "
            "ON CONFLICT (key) DO UPDATE SET last = core_counter.last + 1 RETURNING last",
            [key],
        )
        return int(cursor.fetchone()[0])
