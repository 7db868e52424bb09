"""Settings, all from the environment. Policy numbers (deadlines, ratios, colours) are data and never live here.

DUDAO_MODE          production (default), demo or test
DUDAO_DATA          folder for files, logs and the embedded database (default ./data)
DATABASE_URL        postgresql://…; ``dudao`` sets it to the embedded database when it is missing
DUDAO_SECRET_KEY    at least 50 characters; demo and test make their own
DUDAO_SECRET_KEY_OLD the key before, while it is being changed
DUDAO_ALLOWED_HOSTS comma-separated host names
DUDAO_TRUSTED_PROXIES comma-separated addresses of the proxies in front, whose X-Forwarded-For is believed
DUDAO_FILES         s3://bucket/prefix?endpoint=https://host:port keeps files on an S3-compatible store, with DUDAO_S3_KEY and
                    DUDAO_S3_SECRET; by default they lie under DUDAO_DATA
DUDAO_SCANNER       virus scanner asked about every upload: a command, unix:/path or tcp:host:port of a clamd (none by default)
DUDAO_ADDRESS       https://host: where the platform is reached; QR codes of papers lead there (by default the host of the request)
DUDAO_SEAL_SERVICE  package.module:object of a seal service (dudao.papers.sealing), none by default
DUDAO_ACCESS_LOG    1 writes a line for every request: method, path, status, time; neither address nor query (default 0)
DUDAO_HTTPS         1 when a proxy in front speaks HTTPS (cookies become secure, HSTS is sent); default 1 in production
"""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from dudao.core.preflight import secret_problem

ENV = os.environ
BASE = Path(__file__).resolve().parent
MODE = ENV.get("DUDAO_MODE", "production")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"DUDAO_MODE={MODE}: use production, demo or test.")
DATA = Path(ENV.get("DUDAO_DATA", "data")).resolve()

DEBUG = ENV.get("DUDAO_DEBUG") == "1"
if DEBUG and MODE == "production":
    raise ImproperlyConfigured("DUDAO_DEBUG=1 is refused in production: error pages would show data and settings.")

DEV = DEBUG or MODE == "test" or (MODE == "demo" and ENV.get("DUDAO_DEV") == "1")
"""Whether the page of all template parts (/dev/ui/) is served."""


def _secret() -> str:
    key = ENV.get("DUDAO_SECRET_KEY", "")
    if MODE == "test":
        return key or "test-" * 12
    problem = secret_problem(key)
    if problem is not None:
        raise ImproperlyConfigured(problem.english)
    return key


SECRET_KEY = _secret()
# The key before a change: still opens what it sealed (second factors, sessions).
SECRET_KEY_FALLBACKS = [key for key in (ENV.get("DUDAO_SECRET_KEY_OLD", ""),) if key]
ALLOWED_HOSTS = [host for host in ENV.get("DUDAO_ALLOWED_HOSTS", "").split(",") if host]
if MODE != "production":
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "testserver"]
elif not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "DUDAO_ALLOWED_HOSTS is missing or open to all: name the hosts users type, comma-separated."
    )


def _database(url: str) -> dict[str, object]:
    """Django's settings for a ``postgresql://`` URL; query parameters become connection options."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql:// (no other database is supported).")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    # pgtrigger asks for this in every row's trigger; where it is missing, the exception it catches makes PostgreSQL look through
    # all deferred checks of the transaction: 10,000 rows take seconds, and a second 10,000 longer.
    options["options"] = f"{options.get('options', '')} -c pgtrigger.ignore={{}}".strip()
    # Lets dudao.core.waiting prepare its statement; Django's own cursors put the values inside and prepare nothing.
    options.setdefault("prepare_threshold", 5)
    host = options.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


if "DATABASE_URL" not in ENV:
    raise ImproperlyConfigured(
        "DATABASE_URL is missing. Start through `dudao`, which brings an embedded database, or set it."
    )
DATABASES = {"default": _database(ENV["DATABASE_URL"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "dudao.core",
    "dudao.core.ui",
    "dudao.orgs",
    "dudao.people",
    "dudao.papers",
    "dudao.evidence",
    "dudao.findings",
    "dudao.plans",
    "dudao.frameworks",
    "dudao.stats",
    "dudao.accountability",
    "dudao.evaluations",
    "dudao.visits",
    "dudao.results",
    "dudao.selection",
    "dudao.dashboards",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dudao.people.middleware.ActorMiddleware",
    "dudao.core.readonly.ReadOnlyGetMiddleware",
    "dudao.core.ui.middleware.ProblemMiddleware",
]

ROOT_URLCONF = "dudao.urls"
WSGI_APPLICATION = "dudao.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dudao.dashboards.context.shell",
            ],
            "builtins": ["dudao.core.ui.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["dudao.people.backends.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "dudao.people.passwords.Rules"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "people:login"
LOGIN_REDIRECT_URL = "/"
MFA_ADAPTER = "dudao.people.factors.Adapter"
MFA_TOTP_TOLERANCE = 1
# What core asks of the layer above it: who holds a verb on a place (dudao.core.notices).
DUDAO_DIRECTORY = "dudao.people.queries"

LANGUAGE_CODE = "zh-hans"
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
FILES_ROOT = DATA / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(FILES_ROOT)}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
# Where files lie: empty for the folder above, or s3://bucket/prefix?endpoint=https://host:port (dudao.core.files.s3).
FILES_STORE = ENV.get("DUDAO_FILES", "")
# What core.files.scanning is asked with: a command ("clamdscan --no-summary --fdpass"), or the socket of a clamd.
FILES_SCANNER = ENV.get("DUDAO_SCANNER", "")
# Where the QR codes of issued papers lead; empty for the host at which the paper is issued.
PUBLIC_ADDRESS = ENV.get("DUDAO_ADDRESS", "").rstrip("/")
# A connected seal service, "package.module:object" (dudao.papers.sealing); empty when there is none.
SEAL_SERVICE = ENV.get("DUDAO_SEAL_SERVICE", "")
# More than this of an upload is read but not kept; the form that receives it refuses it by its size.
UPLOAD_CAP = 100 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "dudao.core.files.uploads.CappedUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

HTTPS = ENV.get("DUDAO_HTTPS", "1" if MODE == "production" else "0") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Idle and longest time are data (people.LoginPolicy) and checked on every request; this is the outer bound.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# Proxies in front, by address: only from them is X-Forwarded-For believed.
TRUSTED_PROXIES = frozenset(part.strip() for part in ENV.get("DUDAO_TRUSTED_PROXIES", "").split(",") if part.strip())
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
    }
}
CSRF_FAILURE_VIEW = "dudao.core.ui.views.csrf_failure"

ACCESS_LOG = ENV.get("DUDAO_ACCESS_LOG") == "1"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # What people ask for in vain is no fault, and addresses may hold what they typed.
    "loggers": {"django.request": {"level": "ERROR"}},
    "root": {"handlers": ["console"], "level": ENV.get("DUDAO_LOG", "WARNING")},
}
