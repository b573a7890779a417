"""Settings of the test suite: the product's own, with what makes tests slow or talk to the outside taken out.

Tests run on SQLite, or with HONEYGUIDE_TEST_DATABASE=postgresql on a PostgreSQL of their own.
"""

from scripts.compile_messages import compile_messages

from tests import places

compile_messages()
places.choose_folder()
places.choose_database()

from honeyguide.config.settings import *
from honeyguide.config.settings import DATA_DIR, DATABASES, LOGGING, STORAGES

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # a file, as in use: threads and processes meet in it
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "tests.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
LOGGING = {**LOGGING, "root": {"handlers": [], "level": "INFO"}}  # pytest shows them with the test that fails
