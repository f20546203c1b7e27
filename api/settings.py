"""What the installation is told by its environment. Nothing else reads it."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Variables `DUDAO_…`; relative paths are relative to the caller's folder."""

    model_config = SettingsConfigDict(env_prefix="DUDAO_", env_ignore_empty=True)

    database_url: SecretStr | None = None
    """PostgreSQL 15 to 18; absent: the embedded server in `data`."""
    database_app_url: SecretStr | None = None
    """A login that is only a member of `dudao_app`; absent: `database_url` in that role."""
    data: Path = Path(".dudao")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65_535)
    public_url: str | None = Field(default=None, pattern=r"^https?://[!-~]+$")
    """Where people reach this installation, for addresses on paper; absent: `host` and `port`."""
    lang: Literal["zh", "en"] = "zh"

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
        """The owner's connection string."""
        return self.database_url.get_secret_value() if self.database_url else None

    @property
    def app_url(self) -> str | None:
        """The application's connection string."""
        return self.database_app_url.get_secret_value() if self.database_app_url else None
