"""Django's settings, made from a data directory: no environment variable, no settings module that differs from place to place."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django
from django.conf import settings

from city.certificates import LOOPBACK
from city.folder import CityFolder, FolderError, Settings
from city.onewindow.photo_store import storage_of

HERE = Path(__file__).parent
FONTS = HERE.parent / "assets" / "fonts"
SIGN_IN_SECONDS = 8 * 3600


def use(folder: CityFolder) -> None:
    """Start Django on this data directory, once in the life of a process.

    Raises:
        FolderError: The directory is not a city's, or its settings are wrong.
    """
    settings.configure(**settings_for(folder, folder.settings(), page_secret(folder)))
    django.setup(set_prefix=False)


def settings_for(folder: CityFolder, own: Settings, secret: str) -> dict[str, Any]:
    """Return Django's settings for this data directory; `secret` signs sessions and form tokens."""
    return {
        "CITY_FOLDER": folder,
        "CITY": own,
        "PAPER_FONTS": FONTS,
        "SECRET_KEY": secret,
        "DEBUG": False,
        "ALLOWED_HOSTS": [*LOOPBACK[:2], "[::1]", *own.hosts],
        "DATABASES": {"default": database(folder, own.database_url)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "city.staff",
            "city.fleet",
            "city.api",
            "city.onewindow",
            "city.grid",
            "city.community",
            "city.timebank",
            "city.packages",
            "city.partners",
            "city.bridge",
            "city.records",
            "city.utilities",
            "city.upkeep",
            "city.reconciliation",
            "city.desk",
            "city.figures",
            "city.messaging",
            "city.proofs",
            "city.appointments",
            "city.rerouting",
        ],
        "MIDDLEWARE": [
            "city.web.guard.Guard",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        "ROOT_URLCONF": "city.urls",
        "TEMPLATES": [_templates()],
        "AUTH_USER_MODEL": "staff.Clerk",
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
            {
                "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
                "OPTIONS": {"user_attributes": ("username", "staff_number", "full_name")},
            },
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
            {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
        ],
        "LOGIN_URL": "sign-in",
        "LOGIN_REDIRECT_URL": "home",
        "CSRF_FAILURE_VIEW": "city.web.errors.forged",
        "LANGUAGE_CODE": "zh-hans",
        "LANGUAGES": [("zh-hans", "简体中文"), ("en", "English")],
        "LOCALE_PATHS": [HERE / "locale"],
        "USE_I18N": True,
        "USE_TZ": True,
        "TIME_ZONE": "Asia/Shanghai",
        "STORAGES": {
            "photos": storage_of(folder, own),
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        "STATIC_URL": "/static/",
        "STATICFILES_DIRS": [HERE / "static", *([("fonts", FONTS)] if FONTS.is_dir() else [])],
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_MAX_AGE": 3600,
        "LOGGING": _logging(),
        **_safety(),
    }


def database(folder: CityFolder, url: str | None) -> dict[str, Any]:
    """Return Django's entry for the database: SQLite in the data directory, or what `url` names."""
    if url is None:
        # Not WAL: two connections on the distribution's SQLite can meet its WAL-reset race, and a town's demo has no need of speed.
        pragmas = "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        options = {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": pragmas}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder.database), "OPTIONS": options}
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise FolderError(f"{folder.toml}: [database] url must look like postgresql://user:password@host:5432/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or dict(parse_qsl(parts.query)).get("host", ""),  # ?host=/folder is a socket's
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _templates() -> dict[str, Any]:
    processors = [
        "django.template.context_processors.request",
        "django.template.context_processors.i18n",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
        "city.web.shell.shell",
    ]
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"context_processors": processors, "builtins": ["city.web.marks", "django.templatetags.i18n"]},
    }


def _safety() -> dict[str, Any]:
    return {
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_COOKIE_AGE": SIGN_IN_SECONDS,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Strict",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 256 * 1024,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 1000,
        "FILE_UPLOAD_HANDLERS": ["city.web.uploads.InMemory"],
        "APPEND_SLASH": False,
    }


def _logging() -> dict[str, Any]:
    """Names of events and classes only: neither a request's content nor a traceback with its values reaches a log line by itself."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"standard_error": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["standard_error"], "level": "WARNING"},
        "loggers": {"city": {"level": "INFO"}, "django.request": {"level": "CRITICAL"}, "django.security": {"level": "ERROR"}},
    }


def page_secret(folder: CityFolder) -> str:
    """Return the secret that signs sessions and form tokens.

    Raises:
        FolderError: It is not there.
    """
    try:
        return (folder.keys / "pages.secret").read_text(encoding="ascii")
    except OSError as error:
        raise FolderError(f"{folder.keys}/pages.secret cannot be read; `city init --data {folder.root}` makes it") from error
