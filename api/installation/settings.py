"""What the installation is told by its environment. Nothing else reads it."""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from api.installation.variables import SecretFiles, unusable

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts that only this machine reaches: what it sends to them, nobody else sees."""


class Settings(BaseSettings):
    """Variables `DUDAO_…`; relative paths are relative to the caller's folder.

    A secret may lie in a file instead, which `DUDAO_…_FILE` names.
    """

    model_config = SettingsConfigDict(
        env_prefix="DUDAO_", env_ignore_empty=True, hide_input_in_errors=True
    )

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
    public_url: str | None = None
    """Where people reach this installation, for addresses on paper; absent: `host` and `port`."""
    lang: Literal["zh", "en"] = "zh"
    trusted_proxies: str = "127.0.0.1"
    """Addresses whose `X-Forwarded-…` headers are believed, with commas between them."""
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] | None = None
    """From which weight on a server logs; absent: `info`, which says every request, or `warning`
    in a demonstration."""

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

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - files are for secrets alone
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - ours are named one by one
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where settings come from, the strongest first."""
        return init_settings, env_settings, SecretFiles(settings_cls)

    @field_validator("database_url", "owner_url", "database_app_url")
    @classmethod
    def _is_address(cls, value: SecretStr | None) -> SecretStr | None:
        """Refuse what would be quoted when the server is looked for and is not found."""
        from ledger import addresses  # noqa: PLC0415 - most commands that get here need the driver

        if value is not None and not addresses.is_address(value.get_secret_value()):
            raise unusable(addresses.ZH, addresses.EN)
        return value

    @field_validator("data")
    @classmethod
    def _has_home(cls, value: Path) -> Path:
        """Refuse the home folder of nobody."""
        try:
            value.expanduser()
        except RuntimeError:
            raise unusable("没有这个用户的主目录", "there is no home folder of that name") from None
        return value

    @field_validator("lang", mode="before")
    @classmethod
    def _in_small_letters(cls, value: object) -> object:
        """Take a language in any case, as the command line does."""
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        """Refuse the name of a host: headers are believed by address."""
        for part in (each.strip() for each in value.split(",")):
            try:
                if part != "*":
                    ip_network(part, strict=False)
            except ValueError:
                raise unusable(
                    "应为 IP 地址或网段，以逗号分隔，如 10.0.0.5,10.1.0.0/16",
                    "IP addresses or networks with commas between them, like 10.0.0.5,10.1.0.0/16",
                ) from None
        return value

    @field_validator("public_url")
    @classmethod
    def _is_printable(cls, value: str | None) -> str | None:
        """Refuse an address that cannot stand on paper, or would carry a password there."""
        if value is None:
            return None
        parts = _parts(value)
        if (
            parts is None
            or parts.scheme not in {"http", "https"}
            or parts.username is not None
            or not all("!" <= character <= "~" for character in value)
        ):
            raise unusable(
                "应为不含用户名和密码的网址，如 https://dudao.example",
                "an address without user and password, like https://dudao.example",
            )
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _is_safe(cls, value: str | None) -> str | None:
        """Refuse an address that others could read along with, or that is none."""
        if value is None:
            return None
        parts = _parts(value)
        if parts is None or parts.query or parts.fragment or parts.username is not None:
            raise unusable("应为网址，如 https://id.example", "an address like https://id.example")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
            raise unusable("除本机外须用 https", "https is needed, except for this machine itself")
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _has_client(cls, value: str | None, info: ValidationInfo) -> str | None:
        """Refuse a provider that does not know this installation."""
        if value is not None and not info.data.get("oidc_client_id"):
            raise unusable("还须设 DUDAO_OIDC_CLIENT_ID", "DUDAO_OIDC_CLIENT_ID is needed too")
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


def _parts(address: str) -> SplitResult | None:
    """Return the parts of an address of the web; None if it is none."""
    try:
        parts = urlsplit(address)
        _ = parts.port  # said to be wrong only when it is asked for
    except ValueError:
        return None
    return parts if parts.hostname else None


def _text(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
