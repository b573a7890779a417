"""Settings of the test suite: the product's own, with what makes tests slow or talk to the outside taken out."""

import os
import tempfile

os.environ.setdefault("HONEYGUIDE_DATA_DIR", tempfile.mkdtemp(prefix="honeyguide-tests-"))

from honeyguide.config.settings import *
from honeyguide.config.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
