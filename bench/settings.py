"""The platform's settings with one more address: a page that does nothing."""

from dudao.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
