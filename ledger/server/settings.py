"""The embedded server's configuration files."""

import hashlib
import os
import pwd
import tempfile
from pathlib import Path

from ledger.server import postmaster

MIB = 1024 * 1024
SOCKET_PATH_LIMIT = 107
"""Bytes of a Unix socket's path on Linux; macOS has 103, which the margin below covers."""

CONFIGURATION = """\
# Written by Dudao at every start; changes belong into postgresql.conf below the include.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 60

# Acknowledged means on disk. A server that says otherwise is not used (ledger/connect.py).
fsync = on
full_page_writes = on
synchronous_commit = on
wal_level = replica
max_wal_size = 1GB
min_wal_size = 192MB
checkpoint_timeout = 15min
wal_buffers = 16MB

shared_buffers = {shared_buffers}MB
effective_cache_size = {effective_cache_size}MB
work_mem = 16MB
maintenance_work_mem = {maintenance_work_mem}MB
random_page_cost = 1.1
jit = off
# Parallel plans need /dev/shm, of which containers have 64 MB, and cores, of which there are two.
max_parallel_workers_per_gather = 0

# A client that dies or hangs must not keep the append lock.
transaction_timeout = 0
lock_timeout = 0
idle_in_transaction_session_timeout = 60s
tcp_keepalives_idle = 60

timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
client_encoding = utf8
password_encryption = 'scram-sha-256'

logging_collector = on
log_directory = 'log'
log_filename = 'postgres-%a.log'
log_rotation_age = 1d
log_truncate_on_rotation = on
log_statement = ddl
log_lock_waits = on
# Neither statements nor the values in constraint messages belong into a log.
log_min_error_statement = panic
log_error_verbosity = terse
"""

HOST_BASED = """\
# Written by Dudao. Who connects is who the kernel says is at the other end of the socket.
local all all peer map=dudao
host  all all all scram-sha-256
"""

INCLUDE = "\ninclude_if_exists 'dudao.conf'\n"


def socket_folder(pgdata: Path) -> Path:
    """Return where the socket lies: in the data folder, or in /tmp where that path is too long."""
    if len(os.fsencode(pgdata / ".s.PGSQL.5432.lock")) < SOCKET_PATH_LIMIT - 4:
        return pgdata
    digest = hashlib.sha256(os.fsencode(pgdata)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"dudao-{digest}"


def write(pgdata: Path) -> bool:
    """Write the configuration; tell whether anything is different from before.

    Raises:
        PermissionError: the socket's folder in /tmp belongs to somebody else.
    """
    socket = socket_folder(pgdata)
    if socket != pgdata:
        socket.mkdir(mode=0o700, exist_ok=True)
        if socket.is_symlink() or socket.stat().st_uid not in {os.geteuid(), postmaster.account()}:
            raise PermissionError(f"{socket} belongs to somebody else")
        postmaster.hand_over(socket)
    main = pgdata / "postgresql.conf"
    if INCLUDE not in main.read_text():
        _replace(main, main.read_text() + INCLUDE)
    user = pwd.getpwuid(os.geteuid()).pw_name
    roles = ("postgres", "dudao_owner", "dudao_app")
    identities = "".join(f'dudao "{user}" {role}\n' for role in roles)
    changes = [
        _replace(pgdata / "dudao.conf", _configuration(socket)),
        _replace(pgdata / "pg_hba.conf", HOST_BASED),
        _replace(pgdata / "pg_ident.conf", identities),
    ]
    return any(changes)


def _configuration(socket: Path) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB
    return CONFIGURATION.format(
        socket=str(socket).replace("'", "''"),
        shared_buffers=min(max(memory // 8, 64), 1024),
        effective_cache_size=max(memory // 2, 256),
        maintenance_work_mem=min(max(memory // 16, 32), 256),
    )


def _replace(path: Path, text: str) -> bool:
    """Write by renaming, so that a reader or a kill never sees half a file."""
    if path.exists() and path.read_text() == text:
        return False
    new = path.with_name(path.name + ".new")
    new.write_text(text)
    new.chmod(0o600)
    postmaster.hand_over(new)
    new.replace(path)
    return True
