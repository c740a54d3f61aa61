#!/usr/bin/env python3
"""The README's first session works as typed, and prints what stands there.

session_test.py PROGRAM [--update]: with --update the README gets the output of PROGRAM.
"""
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
README = os.path.join(ROOT, "README.md")
BLOCK = re.compile(r"(<!-- session -->\n)(.*?)(<!-- end -->)", re.S)


def commands(block):
    """The lines to type, each with what follows it as a here-document."""
    found = []
    document = None
    for line in block.split("\n"):
        line = line[4:]
        if document is not None:
            found[-1] += "\n" + line
            document = None if line == document else document
        elif line.startswith("$ "):
            found.append(line[2:])
            marker = re.search(r"<<'(\w+)'", line)
            document = marker.group(1) if marker else None
    return found


def play(block, program):
    """The block with what each command prints."""
    out = []
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "build"))
        os.symlink(os.path.abspath(program), os.path.join(folder, "build", "canvass"))
        os.symlink(os.path.join(ROOT, "examples"), os.path.join(folder, "examples"))
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "NO_COLOR": "1", "HOME": folder}
        environment.update({k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")})
        for command in commands(block):
            done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", command], cwd=folder, env=environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            if done.returncode not in (0, 141):  # 141: `head` has seen enough
                sys.exit(f"exit code {done.returncode}: {command}\n{done.stdout}")
            text = "$ " + command + "\n" + done.stdout
            out += [("    " + line).rstrip() for line in text.rstrip("\n").split("\n")]
    return "\n".join(out) + "\n"


def main():
    with open(README, encoding="utf-8") as f:
        text = f.read()
    block = BLOCK.search(text).group(2)
    played = play(block, sys.argv[1])
    if "--update" in sys.argv:
        with open(README, "w", encoding="utf-8") as f:
            f.write(BLOCK.sub(lambda m: m.group(1) + played + m.group(3), text))
    elif played != block:
        sys.exit(f"README.md has another session than is played; tests/house/session_test.py PROGRAM --update "
                 f"writes it.\nREADME:\n{block}\nplayed:\n{played}")


main()
