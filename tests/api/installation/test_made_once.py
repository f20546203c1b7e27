from threading import Barrier, Thread

from api.installation.made_once import made_once


def test_two_who_ask_at_once_get_the_same() -> None:
    both, made = Barrier(2), list[object]()

    class House:
        @made_once
        def runner(self) -> object:
            """Who follows."""
            both.wait()  # until the other is about to ask, too
            made.append(object())
            return made[-1]

    house, got = House(), list[object]()

    def ask() -> None:
        got.append(house.runner)

    first = Thread(target=ask)
    first.start()
    both.wait()
    ask()
    first.join()
    assert len(made) == 1
    assert got == [made[0], made[0]]
    assert house.runner is made[0]
    assert House.runner.__doc__ == "Who follows."
