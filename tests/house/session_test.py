#!/usr/bin/env python3
"""The sessions of the README and of docs/recipes.md work as typed, and print what stands there.

session_test.py PROGRAM [--needs WHAT] [--update]: without --needs those that need nothing, with it those that need
WHAT (`<!-- session needs: WHAT -->`); where that is not installed it says so and exits with 77.  With --update the
pages get the output of PROGRAM.
"""
import contextlib
import difflib
import glob
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = ["README.md", os.path.join("docs", "recipes.md")]
BLOCK = re.compile(r"(<!-- session(?: needs: (\w+))? -->\n)(.*?)(<!-- end -->)", re.S)
SKIPPED = 77


# ---- What sessions need -----------------------------------------------------------------------------------------
# Each: yields the variables that its sessions see.  NotThere says what is not installed.

class NotThere(Exception):
    """Says what is missing."""


def tool(name):
    """A context for sessions that need the program NAME."""
    @contextlib.contextmanager
    def have(_folder):
        if shutil.which(name) is None:
            raise NotThere(f"{name} is not installed")
        yield {}
    return have


def server_program(name):
    """A program of PostgreSQL's server, which Debian keeps off PATH."""
    found = shutil.which(name) or max(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), default=None)
    if found is None:
        raise NotThere(f"PostgreSQL's {name} is not installed")
    return os.path.realpath(found)


@contextlib.contextmanager
def postgres(_folder):
    """A cluster of its own, on a socket in its own directory; not as root, which PostgreSQL refuses."""
    initdb, pg_ctl = server_program("initdb"), server_program("pg_ctl")
    if shutil.which("psql") is None:
        raise NotThere("psql is not installed")
    nobody = pwd.getpwnam("nobody")
    who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(dir="/tmp") as place:  # the path of a socket has room for 107 bytes
        if who:
            shutil.chown(place, who["user"], who["group"])

        def run(*command):
            environment = {**os.environ, "LC_ALL": "C.UTF-8"}
            done = subprocess.run(command, cwd=place, env=environment, stdin=subprocess.DEVNULL, check=False, text=True,
                                  stdout=open(os.path.join(place, "said"), "a", encoding="utf-8"),
                                  stderr=subprocess.STDOUT, **who)
            if done.returncode != 0:
                with open(os.path.join(place, "said"), encoding="utf-8") as f:
                    sys.exit(f"exit code {done.returncode}: {command}\n{f.read()}")

        data = os.path.join(place, "data")
        run(initdb, "--pgdata", data, "--username", "survey", "--auth", "trust", "--no-sync", "--encoding", "UTF8")
        run(pg_ctl, "--pgdata", data, "--wait", "--timeout", "3600", "--log", os.path.join(place, "log"), "--options",
            f"-k {place} -c listen_addresses= -c fsync=off -c timezone=UTC", "start")
        try:
            yield {"PGHOST": place, "PGUSER": "survey", "PGDATABASE": "postgres", "LC_ALL": "C.UTF-8"}
        finally:
            run(pg_ctl, "--pgdata", data, "--wait", "--timeout", "3600", "--mode", "immediate", "stop")


@contextlib.contextmanager
def ssh(folder):
    """No server: an `ssh` that runs the command here, in place of the host that is named."""
    programs = os.path.join(folder, "programs")
    os.mkdir(programs)
    with open(os.path.join(programs, "ssh"), "w", encoding="utf-8") as f:
        f.write('#!/bin/sh\nshift\nexec sh -c "$*"\n')
    os.chmod(os.path.join(programs, "ssh"), 0o755)
    yield {"PATH": programs + os.pathsep + os.environ["PATH"]}


@contextlib.contextmanager
def nothing(_folder):
    """Most sessions."""
    yield {}


NEEDS = {"": nothing, "sqlite3": tool("sqlite3"), "mlr": tool("mlr"), "duckdb": tool("duckdb"), "postgres": postgres,
         "ssh": ssh}


# ---- Playing -----------------------------------------------------------------------------------------------------


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


def play(block, needs, program):
    """The block with what each command prints."""
    out = []
    with tempfile.TemporaryDirectory() as folder, NEEDS[needs](folder) as given:
        os.mkdir(os.path.join(folder, "build"))
        os.symlink(os.path.abspath(program), os.path.join(folder, "build", "canvass"))
        os.symlink(os.path.join(ROOT, "examples"), os.path.join(folder, "examples"))
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "NO_COLOR": "1", "HOME": folder}
        environment.update({k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")})
        environment.update(given)
        for command in commands(block):
            done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", command], cwd=folder, env=environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            if done.returncode not in (0, 141):  # 141: `head` has seen enough
                sys.exit(f"exit code {done.returncode}: {command}\n{done.stdout}")
            text = "$ " + command + "\n" + done.stdout
            out += [("    " + line).rstrip() for line in text.rstrip("\n").split("\n")]
    return "\n".join(out) + "\n"


def check(page, program, needs, update):
    """Plays the sessions of a page that need NEEDS, each in a folder of its own; how many there are."""
    path = os.path.join(ROOT, page)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    unknown = [m.group(2) for m in BLOCK.finditer(text) if (m.group(2) or "") not in NEEDS]
    if unknown:
        sys.exit(f"{page}: nobody knows how to provide {unknown}")
    played = BLOCK.sub(lambda m: m.group(1) + play(m.group(3), needs, program) + m.group(4)
                       if (m.group(2) or "") == needs else m.group(0), text)
    if update:
        with open(path, "w", encoding="utf-8") as f:
            f.write(played)
    elif played != text:
        difference = difflib.unified_diff(text.split("\n"), played.split("\n"), page, "played", lineterm="")
        sys.exit(f"{page} has another session than is played; tests/house/session_test.py PROGRAM --update "
                 f"writes it.\n" + "\n".join(difference))
    return len([m for m in BLOCK.finditer(text) if (m.group(2) or "") == needs])


def main():
    words = sys.argv[2:]
    needs = words[words.index("--needs") + 1] if "--needs" in words else ""
    try:
        if sum([check(page, sys.argv[1], needs, "--update" in words) for page in PAGES]) == 0:
            sys.exit(f"no page has a session that needs {needs or 'nothing'}")
    except NotThere as what:
        print(f"skipped: {what}")
        sys.exit(SKIPPED)


main()
