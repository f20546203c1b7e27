"""Make the sample year, or an endless stream of the same kind for measurements.

python -m examples.make_sample_year
python -m examples.make_sample_year --enterprises 2000 --events 1000000 -o events.ndjson
"""

import argparse
import sys
from pathlib import Path

from examples.sample import chapters, stream

FOLDER = Path(__file__).parent / "sample_year"


def main(arguments: list[str] | None = None) -> None:
    """Write the files of the sample year into a folder, or a stream into a file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--enterprises", type=int, help="write a stream with so many enterprises")
    parser.add_argument("--certificates", type=int, help="end it after so many certificates")
    parser.add_argument("--events", type=int, help="end it after so many entries of the ledger")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another stream")
    parser.add_argument("-o", "--output", type=Path, help="folder, or file of the stream")
    given = parser.parse_args(arguments)
    if given.enterprises is None and given.certificates is None and given.events is None:
        write_year(given.output or FOLDER)
        return
    plan = stream.Plan.of(given.enterprises, given.certificates, given.events, given.seed)
    if given.output is None:
        stream.write(plan, sys.stdout.buffer)
        return
    with given.output.open("wb") as file:
        stream.write(plan, file)


def write_year(folder: Path) -> None:
    """Write the sample year into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in chapters.made().files.items():
        folder.joinpath(name).write_bytes(content)
        print(f"{len(content):9,} {name}")


if __name__ == "__main__":
    main()
