"""What the installation is told by its environment. Nothing else reads it."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts that only this machine reaches: what it sends to them, nobody else sees."""


class Settings(BaseSettings):
    """Variables `DUDAO_…`; relative paths are relative to the caller's folder."""

    model_config = SettingsConfigDict(env_prefix="DUDAO_", env_ignore_empty=True)

    database_url: SecretStr | None = None
    """PostgreSQL 15 to 18, with the login that serves; absent: the embedded server in `data`."""
    owner_url: SecretStr | None = None
    """The login that makes and changes tables: for `init`, `migrate` and `restore` alone."""
    database_app_url: SecretStr | None = None
    """As until November 2026: the login that serves, where `database_url` is the owner's."""
    trial: bool = False
    """A trial makes and changes its tables by itself, with whatever login there is."""
    data: Path = Path(".dudao")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)
    public_url: str | None = Field(default=None, pattern=r"^https?://[!-~]+$")
    """Where people reach this installation, for addresses on paper; absent: `host` and `port`."""
    lang: Literal["zh", "en"] = "zh"
    trusted_proxies: str = "127.0.0.1"
    """Addresses whose `X-Forwarded-…` headers are believed, with commas between them."""

    session_idle_minutes: int = Field(default=15, ge=1, le=24 * 60)
    session_hours: int = Field(default=8, ge=1, le=24)
    sessions_per_account: int = Field(default=5, ge=1, le=100)
    sign_in_tries: int = Field(default=5, ge=1, le=100)
    """Wrong passwords for one account before it is locked."""
    sign_in_tries_per_address: int = Field(default=20, ge=1, le=10_000)
    """The same for one address, behind which a whole office may sit."""
    sign_in_lock_minutes: int = Field(default=15, ge=1, le=24 * 60)
    sign_in_profile: Literal["asvs", "mlps3"] = "asvs"
    """Whose rules passwords and second factors follow (api/access/policy.py)."""
    password_days: int = Field(default=90, ge=1, le=3660)
    """Days after which a password is changed, under `mlps3`."""
    look_ups_at_once: int = Field(default=60, ge=1, le=1_000_000)
    """Certificates that one address may ask for at once, without a name."""
    look_up_seconds: int = Field(default=10, ge=1, le=3600)
    """Seconds after which it may ask for one more."""

    oidc_client_id: str | None = None
    """What this installation is called at the identity provider."""
    oidc_issuer: str | None = None
    """The identity provider; absent: only accounts with passwords."""
    oidc_client_secret: SecretStr | None = None
    oidc_claim: str = "preferred_username"
    """The claim of the ID token that names the account."""

    @field_validator("oidc_issuer")
    @classmethod
    def _is_safe(cls, value: str | None) -> str | None:
        """Refuse an address that others could read along with, or that is none."""
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.query or parts.fragment or not parts.hostname or parts.username is not None:
            raise ValueError("an address like https://id.example")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
            raise ValueError("https is needed, except on this machine")
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _has_client(cls, value: str | None, info: ValidationInfo) -> str | None:
        """Refuse a provider that does not know this installation."""
        if value is not None and not info.data.get("oidc_client_id"):
            raise ValueError("DUDAO_OIDC_ISSUER needs DUDAO_OIDC_CLIENT_ID")
        return value

    @property
    def folder(self) -> Path:
        """The data folder as an absolute path."""
        return self.data.expanduser().absolute()

    @property
    def address(self) -> str:
        """Where this installation is reached, without a slash at the end; empty if not known.

        Never taken from a request: whoever sends one chooses its Host, and this goes on paper.
        """
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}" if self.port else ""

    @property
    def url(self) -> str | None:
        """The connection string that serves; absent: the embedded server."""
        return _text(self.database_app_url or self.database_url)

    @property
    def owners_url(self) -> str | None:
        """The owner's connection string."""
        former = self.database_url if self.database_app_url is not None else None
        return _text(self.owner_url or former)


def _text(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
