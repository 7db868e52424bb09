"""How often one address may ask a page that needs no log-in, counted in the database: all web processes and hosts count together.

An address is personal data: what is kept is a keyed hash of it, and of what was asked, for as long as it counts.
"""

import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils import timezone

from dudao.core import jobs
from dudao.core.models import BrakeCount

# One statement, so that two askings at the same moment are two; by the clock of the database, which all hosts share. Newest
# first: the asking at place ``most`` must lie as far back as the brake looks. A refused one changes nothing, so a brake lets go.
_ASK = """
    INSERT INTO core_brakecount AS kept (key, times, until)
    VALUES (%(key)s, ARRAY[clock_timestamp()], clock_timestamp() + %(seconds)s * interval '1 second')
    ON CONFLICT (key) DO UPDATE SET times = (excluded.times || kept.times)[1:%(most)s], until = excluded.until
    WHERE kept.times[%(most)s] IS NULL OR kept.times[%(most)s] <= excluded.times[1] - %(seconds)s * interval '1 second'
    RETURNING true
"""


@dataclass(frozen=True, slots=True)
class Brake:
    """At most ``most`` askings of ``what`` within any ``seconds`` from one address."""

    what: str
    most: int
    seconds: int = 60

    def lets(self, address: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(_ASK, {"key": self._key(address), "seconds": self.seconds, "most": self.most})
            return cursor.fetchone() is not None

    def _key(self, address: str) -> str:
        secret = hmac.digest(settings.SECRET_KEY.encode(), b"dudao.brake", "sha256")
        return hmac.new(secret, f"{self.what}\x1f{address}".encode(), hashlib.sha256).hexdigest()


@jobs.often("core.brakes")
def purge_brakes() -> None:
    """Throw away what no longer counts."""
    BrakeCount.objects.filter(until__lt=timezone.now()).delete()
