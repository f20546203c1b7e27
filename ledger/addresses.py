"""Addresses of databases, as an operator writes them: what is wrong with one is said without quoting it.

What the client library says of an address quotes the part it could not read, and that is the password
as soon as one of its characters means something in an address.
"""

import psycopg
from psycopg.conninfo import conninfo_to_dict

SCHEMES = ("postgresql://", "postgres://")
ZH = (
    "不是可用的数据库地址。应写作 postgresql://用户:密码@主机:端口/库名；"
    "密码中的 @ : / ? # % 与空格须写成 %40 %3A %2F %3F %23 %25 %20"
)
EN = (
    "this is no address of a database. Write postgresql://user:password@host:port/database, and in "
    "a password @ : / ? # % and blanks as %40 %3A %2F %3F %23 %25 %20"
)


def is_address(text: str) -> bool:
    """Return whether the text can be read in one way only, as an address or as `keyword=value` pairs."""
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(text).items() if value}
    except (psycopg.Error, UnicodeError):
        return False
    for scheme in SCHEMES:
        # A second @, or one behind the first slash, belongs to a password that was not encoded.
        if text.startswith(scheme):
            authority, _, rest = text.removeprefix(scheme).partition("/")
            if authority.count("@") > 1 or "@" in rest:
                return False
    ports = [port for port in parts.get("port", "").split(",") if port]
    return all(port.isdecimal() and 0 < int(port[:9]) <= 65_535 for port in ports)
