"""Being logged in, in tests: as after a real log-in with both factors, without the time Argon2 takes."""

import time

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from dudao.people.entry import KEY
from dudao.people.models import Account


class QuickArgon2(Argon2PasswordHasher):
    """The same algorithm at its least cost, for tests that try passwords by the dozen."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1


def signed_in(account: Account, client: Client | None = None, *, second: bool = True, **entry) -> Client:
    """A client logged in as the account; ``second``: the second factor was shown (administrators get nowhere without)."""
    client = client or Client()
    client.force_login(account, backend="dudao.people.backends.AccountBackend")
    session = client.session
    now = int(time.time())
    session[KEY] = {
        "started": now, "seen": now, "row": None, "second": second, "by": "password", "idle": 30, "admin_idle": 15, "hours": 10,
        "password_days": 90, **entry,
    }  # fmt: skip
    session.save()
    return client
