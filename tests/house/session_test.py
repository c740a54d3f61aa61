#!/usr/bin/env python3
"""The sessions of the README and of docs/recipes.md work as typed, and print what stands there.

session_test.py PROGRAM [--update]: with --update the pages get the output of PROGRAM.
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = ["README.md", os.path.join("docs", "recipes.md")]
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


def check(page, program, update):
    """Plays the sessions of a page, each in a folder of its own."""
    path = os.path.join(ROOT, page)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    played = BLOCK.sub(lambda m: m.group(1) + play(m.group(2), program) + m.group(3), text)
    if not BLOCK.search(text):
        sys.exit(f"{page} has no session")
    if update:
        with open(path, "w", encoding="utf-8") as f:
            f.write(played)
    elif played != text:
        difference = difflib.unified_diff(text.split("\n"), played.split("\n"), page, "played", lineterm="")
        sys.exit(f"{page} has another session than is played; tests/house/session_test.py PROGRAM --update "
                 f"writes it.\n" + "\n".join(difference))


def main():
    for page in PAGES:
        check(page, sys.argv[1], "--update" in sys.argv)


main()
