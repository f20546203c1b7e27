"""What the way in is told by the settings of an installation."""

from typing import Literal, Protocol


class AccessSettings(Protocol):
    """The part of the settings that sessions, sign-in and look-ups go by (docs: configuration)."""

    @property
    def session_idle_minutes(self) -> int:
        """Minutes after which an idle session ends."""
        ...

    @property
    def session_hours(self) -> int:
        """Hours after which any session ends."""
        ...

    @property
    def sessions_per_account(self) -> int:
        """Sessions that one account may have at once."""
        ...

    @property
    def sign_in_tries(self) -> int:
        """Wrong passwords for one account before it is locked."""
        ...

    @property
    def sign_in_tries_per_address(self) -> int:
        """The same for one address."""
        ...

    @property
    def sign_in_lock_minutes(self) -> int:
        """Minutes for which it is locked."""
        ...

    @property
    def sign_in_profile(self) -> Literal["asvs", "mlps3"]:
        """Whose rules passwords and second factors follow."""
        ...

    @property
    def password_days(self) -> int:
        """Days after which a password is changed, under `mlps3`."""
        ...

    @property
    def look_ups_at_once(self) -> int:
        """Certificates that one address may ask for at once, without a name."""
        ...

    @property
    def look_up_seconds(self) -> int:
        """Seconds after which it may ask for one more."""
        ...
