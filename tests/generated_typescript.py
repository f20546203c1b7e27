"""A client that `@hey-api/openapi-ts` makes of `/openapi.json` compiles under TypeScript's strict rules.

python -m tests.generated_typescript

It needs Node.js with npm, and a registry to install the two packages from; where either is missing it says
so and ends with 77. Otherwise it ends with 0 (it compiles) or 1.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.api.described import DESCRIPTION
from tests.newcomer import NOT_HERE

PACKAGES = ("@hey-api/openapi-ts@0.95.0", "typescript@5.9.3")
STRICT = {
    "strict": True,
    "noUncheckedIndexedAccess": True,
    "noImplicitOverride": True,
    "skipLibCheck": False,
    "noEmit": True,
    "target": "ES2022",
    "module": "ESNext",
    "moduleResolution": "bundler",
    "lib": ["ES2022", "DOM", "DOM.Iterable"],
}
USED = """
import { listFlags } from "./client";

export async function breaches(code: "S1" | "G1"): Promise<string[]> {
  const { data } = await listFlags({ query: { code, verdict: "breach", all: true } });
  return data === undefined ? [] : data.items.map((flag) => flag.key);
}
"""
"""What somebody writes with it: words are those of the description, and a row has its members."""
MISUSED = USED.replace('"S1" | "G1"', '"S99"')


def main() -> int:
    """Install, generate, compile; a slip in a closed word has to be none that compiles."""
    npm, npx = shutil.which("npm"), shutil.which("npx")
    if npm is None or npx is None:
        sys.stderr.write("Node.js with npm is needed\n")
        return NOT_HERE
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "openapi.json").write_text(json.dumps(DESCRIPTION), encoding="utf-8")
        settings = {"compilerOptions": STRICT, "include": ["client", "used.ts"]}
        (folder / "tsconfig.json").write_text(json.dumps(settings), encoding="utf-8")
        (folder / "package.json").write_text("{}", encoding="utf-8")
        if _done(folder, npm, "install", "--silent", "--no-audit", "--no-fund", *PACKAGES):
            sys.stderr.write(f"npm could not install {' '.join(PACKAGES)}\n")
            return NOT_HERE
        local = (npx, "--no-install")
        if _done(folder, *local, "openapi-ts", "-i", "openapi.json", "-o", "client"):
            return 1
        (folder / "used.ts").write_text(USED, encoding="utf-8")
        if _done(folder, *local, "tsc", "-p", "."):
            return 1
        (folder / "used.ts").write_text(MISUSED, encoding="utf-8")
        return 0 if _done(folder, *local, "tsc", "-p", ".") else 1


def _done(folder: Path, *command: str) -> int:
    return subprocess.run(list(command), check=False, cwd=folder).returncode  # noqa: S603 - ours


if __name__ == "__main__":
    sys.exit(main())
