"""What a restore has lost, in a sentence."""

from proof.kept import Beginning


def loss(told: Beginning) -> tuple[str, str]:
    """Return the statement in Chinese and English."""
    before, position = told.begun, told.position
    if told.lost:
        first = position + 1
        return (
            (
                f"恢复时丢失记录：日志 {before.former} 曾签至位置 {before.former_position}，账本在位置 {position} "
                f"另立日志 {told.origin}；当时位置 {first} 至 {before.former_position} 的 {told.lost} 条已不在，"
                f"其后在这些位置上的是另外的记录。理由：{before.reason}"
            ),
            (
                f"a restore lost entries: the log {before.former} was signed up to position "
                f"{before.former_position}, and {told.origin} begins at position {position}; the {told.lost} "
                f"entries at {first} to {before.former_position} are gone, and what stands there since is "
                f"something else. Reason: {before.reason}"
            ),
        )
    return (
        (
            f"账本不再延续日志 {before.former} 已签的 {before.former_position} 条，自位置 {position} 起另立日志 "
            f"{told.origin}：其中至少一条已不在或已不同。理由：{before.reason}"
        ),
        (
            f"the ledger does not continue the {before.former_position} entries signed as {before.former}, and "
            f"{told.origin} begins at position {position}: at least one of them is gone or another. "
            f"Reason: {before.reason}"
        ),
    )
