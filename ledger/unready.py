"""Why a place cannot be used as it is, in both languages, each with what to do next."""

from collections.abc import Sequence


class Unready(RuntimeError):  # noqa: N818 - reads as what it says
    """The ledger cannot be used yet; `zh` and `en` say why, and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class NoLedger(Unready):
    """There is no ledger in this place. Commands that read never make one."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"此处没有账本：{place}。请核对 DUDAO_DATA 与 DUDAO_DATABASE_URL；"
            "要新建账本请用 dudao init、dudao serve 或 dudao import",
            f"no ledger here: {place}. Check DUDAO_DATA and DUDAO_DATABASE_URL; "
            "dudao init, dudao serve and dudao import make one",
        )


class Outdated(Unready):
    """The ledger was made by an earlier release."""

    def __init__(self, place: str) -> None:
        super().__init__(
            f"账本由较早版本建立：{place}。请运行 dudao migrate（外接数据库须设 DUDAO_OWNER_URL）",
            f"the ledger is of an earlier release: {place}. Run dudao migrate "
            "(with DUDAO_OWNER_URL where the database is a server's)",
        )


class Newer(Unready):
    """The ledger was migrated by a later release than this one."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            f"账本已由较新版本升级（{'、'.join(names)}），本程序较旧，请使用新版本",
            f"the ledger was migrated by a later release ({', '.join(names)}): this program is older; "
            "use the later one",
        )


class NeedsAdministrator(Unready):
    """What is needed goes beyond the rights of the login that was given."""

    def __init__(self, login: str, statements: Sequence[str]) -> None:
        self.statements = tuple(statements)
        typed = "".join(f"\n  {statement};" for statement in statements)
        super().__init__(
            f"数据库用户 {login} 权限不足。请由数据库管理员在该数据库中执行：{typed}\n然后重试",
            f"the login {login} may not do all that is needed. Let an administrator of the "
            f"database type, connected to it:{typed}\nthen try again",
        )


class LacksRights(Unready):
    """The application's role may not do what serving needs."""

    def __init__(self, statements: Sequence[str]) -> None:
        self.statements = tuple(statements)
        typed = "".join(f"\n  {statement};" for statement in statements)
        super().__init__(
            "应用角色 dudao_app 缺少权限。请用 DUDAO_OWNER_URL 运行 dudao migrate，"
            f"或由数据库管理员执行：{typed}",
            "the application's role dudao_app lacks rights. Run dudao migrate with "
            f"DUDAO_OWNER_URL, or let an administrator of the database type:{typed}",
        )


class OwnersLogin(Unready):
    """Serving would run with a login that may change the tables themselves."""

    def __init__(self, login: str) -> None:
        made = "CREATE ROLE dudao LOGIN PASSWORD '…' IN ROLE dudao_app"
        super().__init__(
            f"DUDAO_DATABASE_URL 的用户 {login} 是账本所有者，正式服务不得使用。"
            f"请由数据库管理员执行：\n  {made};\n把该用户写入 DUDAO_DATABASE_URL，"
            f"所有者的地址写入 DUDAO_OWNER_URL（只用于 init、migrate、restore）；试用请设 DUDAO_TRIAL=1",
            f"the login {login} of DUDAO_DATABASE_URL owns the ledger, and a server must not. "
            f"Let an administrator of the database type:\n  {made};\nput that login into "
            "DUDAO_DATABASE_URL and the owner's into DUDAO_OWNER_URL (for init, migrate and "
            "restore alone); for a trial set DUDAO_TRIAL=1",
        )


class UnusableKey(Unready):
    """A key file is not as it must be."""


class MissingKeys(Unready):
    """Keys of a ledger that is in use are not there. Others in their place would falsify it."""

    def __init__(self, paths: Sequence[str]) -> None:
        said = "、".join(paths), ", ".join(paths)
        super().__init__(
            f"缺少密钥：{said[0]}。账本已在使用，不会另造密钥（否则无法认出已入账的人和请求）。"
            "请核对 DUDAO_DATA，或把该账本 keys 文件夹中的密钥（或用 dudao keys restore 从密钥备份）放到此处",
            f"keys are missing: {said[1]}. The ledger is in use, so none are made: others would not "
            "find persons and requests again. Check DUDAO_DATA, or put the keys of this ledger there "
            "(from its folder keys, or from their backup with dudao keys restore)",
        )


class OtherKeys(Unready):
    """The keys in the folder are not those of the ledger."""

    def __init__(self, folder: str, differing: Sequence[str]) -> None:
        said = "、".join(differing), ", ".join(differing)
        super().__init__(
            f"密钥与账本不符：{folder} 中的 {said[0]} 不属于此账本，未作任何改动。"
            "请核对 DUDAO_DATA 与 DUDAO_DATABASE_URL 是否属于同一账本，或把该账本的密钥"
            "（其 keys 文件夹，或用 dudao keys restore 从密钥备份）放到此处",
            f"the keys are not those of this ledger: {said[1]} in {folder}; nothing was changed. "
            "Check that DUDAO_DATA and DUDAO_DATABASE_URL belong to one ledger, or put its keys "
            "there (from its folder keys, or from their backup with dudao keys restore)",
        )
