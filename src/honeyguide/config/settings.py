"""Django's settings. What differs between two installations comes from the environment (docs/operating.md)."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from honeyguide.common import logs
from honeyguide.common.pooled import PREPARED_AFTER, PooledConnection
from honeyguide.config import env

PACKAGE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", "var")).resolve()
"""What the server writes itself: the SQLite database, files handed in, a generated key."""

DEBUG = env.flag("DEBUG", default=False)
PUBLIC_URL = env.text("PUBLIC_URL", "http://localhost:8000").rstrip("/")
"""Where people reach the site; the address in mails."""
_public = urlsplit(PUBLIC_URL)
if _public.scheme not in {"http", "https"} or not _public.hostname:
    raise ImproperlyConfigured(
        f"HONEYGUIDE_PUBLIC_URL = {PUBLIC_URL!r}: expected an address as https://partners.example"
    )
IS_LOCAL = _public.hostname in {"localhost", "127.0.0.1"}
SECRET_KEY = env.secret_key(DATA_DIR, required=not IS_LOCAL)
ALLOWED_HOSTS = [
    *env.words("ALLOWED_HOSTS", _public.hostname),
    *(["localhost", "127.0.0.1", "[::1]"] if IS_LOCAL else []),
]
CSRF_TRUSTED_ORIGINS = [] if IS_LOCAL else [PUBLIC_URL]

RULEBOOK_PATH = env.text("RULEBOOK")
"""A rulebook file; empty: the default one of the package."""
RULEBOOK_IN_FORCE = "honeyguide.rulebooks.queries.current"
"""What says which rulebook is in force: the file, until a version that was published has its day."""

INSTALLED_APPS = [
    "honeyguide.common",
    "honeyguide.accounts",
    "honeyguide.history",
    "honeyguide.rulebooks",
    "honeyguide.partners",
    "honeyguide.files",
    "honeyguide.notices",
    "honeyguide.ledger",
    "honeyguide.standing",
    "honeyguide.joining",
    "honeyguide.conduct",
    "honeyguide.reviews",
    "honeyguide.bonuses",
    "honeyguide.insights",
    "honeyguide.requirements",
    "honeyguide.studio",
    "honeyguide.earning",
    "honeyguide.rewards",
    "honeyguide.portal",
    "honeyguide.console",
    "honeyguide.api",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_countries",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_tables2",
    "django_tasks_db",
    "ninja",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "honeyguide.common.middleware.ClockMiddleware",
    "honeyguide.common.middleware.RefusalMiddleware",
    "honeyguide.access.middleware.PersonMiddleware",
    "honeyguide.access.middleware.AccessMiddleware",
    "honeyguide.api.middleware.ApiMiddleware",
    "honeyguide.common.middleware.NulMiddleware",
]

ROOT_URLCONF = "honeyguide.config.urls"
WSGI_APPLICATION = "honeyguide.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "honeyguide.common.context.page",
            ],
        },
    }
]
FORM_RENDERER = "honeyguide.common.form_renderer.FormRenderer"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# Database. One SQLite file by default, PostgreSQL by DATABASE_URL.

DATABASE_CONNECTIONS = env.whole("DATABASE_CONNECTIONS", 8, least=1)
"""The pool's size on PostgreSQL, for each process."""
SHORT_QUERIES = "-c jit=off -c max_parallel_workers_per_gather=0"
"""PostgreSQL compiles and shares out queries that it takes for long ones; ours are over before either pays. What a
DATABASE_URL says in `options` comes after it."""


def _database() -> dict[str, Any]:
    default = f"sqlite:///{DATA_DIR / 'honeyguide.sqlite3'}"
    try:
        database: dict[str, Any] = dict(dj_database_url.config(default=default, conn_health_checks=True))
    except ValueError as wrong:  # not with its words: they can hold the password
        raise ImproperlyConfigured(
            "DATABASE_URL is no address of a database: expected postgresql://user:password@host:5432/name, "
            "or sqlite:////path"
        ) from wrong
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",  # a writer waits at its first statement, never fails at its second
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
        }
        return database
    if database["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured(
            f"DATABASE_URL: {database['ENGINE']} is not supported: expected sqlite or postgresql"
        )
    given = database.get("OPTIONS", {})
    database["CONN_MAX_AGE"] = 0  # the pool keeps connections
    database["OPTIONS"] = {
        **given,
        "server_side_binding": True,
        "prepare_threshold": PREPARED_AFTER,
        "pool": {
            "min_size": 1,
            "max_size": DATABASE_CONNECTIONS,
            "timeout": 20,
            "connection_class": PooledConnection,
        },
        "options": f"{SHORT_QUERIES} {given.get('options', '')}".strip(),
    }
    return database


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}},
}

# People.

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "honeyguide.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Honeyguide"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = IS_LOCAL

# Security.

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
_HTTPS = _public.scheme == "https"
SECURE_SSL_REDIRECT = _HTTPS and env.flag("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
_BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = int(_BEHIND_PROXY)  # whose attempts to sign in are counted, if not the proxy's
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "honeyguide.common.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# Language and time.

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = True

# Files.

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_DIR", str(DATA_DIR / "static"))).resolve()
STATIC_FROM_SOURCES = env.flag("STATIC_FROM_SOURCES", default=DEBUG)
"""Serve static files from where they are written: nothing has to be collected, nothing is cached for long."""
FILES_ROOT = DATA_DIR / "files"
"""Files handed in by people. Never served from here by a web server; only through views that check who asks."""
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": FILES_ROOT,
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if STATIC_FROM_SOURCES
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = STATIC_FROM_SOURCES
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("jpg", "jpeg", "png", "gif", "webp", "woff", "woff2", "gz", "br", "map")

# Mail.

DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "Partner program <partners@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
_SMTP_HOST = env.text("SMTP_HOST")
_SMTP_TLS = env.choice("SMTP_TLS", "1", ("1", "0", "implicit"))
_SMTP = {
    "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "OPTIONS": {
        "host": _SMTP_HOST,
        "port": env.whole("SMTP_PORT", 465 if _SMTP_TLS == "implicit" else 587, least=1),
        "username": env.text("SMTP_USER"),
        "password": env.text("SMTP_PASSWORD"),
        "use_tls": _SMTP_TLS == "1",
        "use_ssl": _SMTP_TLS == "implicit",
        "timeout": 20,
    },
}
_TO_FILES = {
    "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
    "OPTIONS": {"file_path": str(DATA_DIR / "mail")},
}
MAILERS = {"default": _SMTP if _SMTP_HOST else _TO_FILES}
"""Without a mail server, mails are put into files, one each."""

# Logs: one line of JSON an event, or words on a terminal.

LOG_FORMAT = env.choice("LOG_FORMAT", "console" if IS_LOCAL else "json", ("json", "console"))
LOG_LEVEL = env.choice("LOG_LEVEL", "info", ("debug", "info", "warning", "error")).upper()
LOGGING = logs.logging_config(LOG_FORMAT, LOG_LEVEL)
logs.configure()
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line a request: how it ended
