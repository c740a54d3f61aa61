#!/usr/bin/env python3
"""A real shell completes what the tables of the program say, and nothing else.

completion_test.py PROGRAM bash|zsh|fish: exits with 77 where the shell is not installed.  What is offered is compared
with the screens of help, which are written from the same tables by other code.
"""
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv[1])
SHELL = sys.argv[2]
SKIPPED = 77


def said(*words):
    return subprocess.run([PROGRAM, *words], check=True, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout


OVERVIEW = said("help")
SUBCOMMANDS = [name for line in re.findall(r"^(?:  |Besides: )((?:\w+, )*\w+)  ? *\S", OVERVIEW.split("\nOn:")[0], re.M)
               for name in line.split(", ")]
ANALYSES = re.sub(r"\s+", " ", OVERVIEW.split("analyses:")[1].split("Example")[0]).split()
TOPICS = OVERVIEW.split("\nOn:")[1].split(";")[0].split()


def options(subcommand):
    """{"--output": "FILE", "-o": "FILE", "--quiet": None, ...} from the screen."""
    screen = said("help", subcommand)
    found = {}
    for letter, name, argument in re.findall(r"^  (?:(-\w), |    )(--[\w-]+)(?: ([A-Z]+))?", screen, re.M):
        found[name] = argument or None
        if letter:
            found[letter] = argument or None
    return found


# ---- Shells ------------------------------------------------------------------------------------------------------

class Terminal:
    """A shell at a terminal of its own, whose `canvass` prints the words that it is called with."""

    def __init__(self, command, folder, setup):
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.environ.update({"TERM": "xterm", "LC_ALL": "C.UTF-8", "HOME": folder, "XDG_CONFIG_HOME": folder,
                               "XDG_DATA_HOME": folder, "PS1": "", "fish_greeting": ""})
            os.execvp(command[0], command)
        self.send(setup)

    def send(self, text):
        os.write(self.terminal, text.encode())

    def read_until(self, pattern):
        """What the shell wrote as far as PATTERN; ends with the shell."""
        seen = ""
        while not re.search(pattern, seen):
            select.select([self.terminal], [], [])
            try:
                seen += os.read(self.terminal, 65536).decode(errors="replace")
            except OSError:
                raise AssertionError(f"the shell ended; it had written: {seen!r}") from None
        return seen

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.process, 0)


class Bash:
    command = ["bash", "--norc", "--noprofile", "-i"]
    setup = "bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; source ./script\n"
    define = "canvass() { printf '<%s>' \"$@\"; printf '!\\n'; }\n"

    @staticmethod
    def offers(folder, words):
        """What stands in COMPREPLY when WORDS are typed; bash itself cuts them at '=' and ':'."""
        cut = [part for word in words for part in (re.findall(r"[=:]|[^=:]+", word) or [""])]
        if words[-1] == "" and cut[-1] != "":
            cut.append("")
        script = ("source ./script; compopt() { :; }; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _canvass;"
                  " printf '%s\\n' \"${COMPREPLY[@]}\"")
        done = subprocess.run(["bash", "--norc", "-c", script, "bash", *cut], cwd=folder, check=True, text=True,
                              stdout=subprocess.PIPE)
        return set(done.stdout.split())


class Fish:
    command = ["fish", "--no-config", "--private", "-i"]
    setup = "source ./script\n"
    define = "function canvass; printf '<%s>' $argv; printf '!\\n'; end\n"

    @staticmethod
    def offers(folder, words):
        line = " ".join(words)
        done = subprocess.run(["fish", "--no-config", "--private", "-c", f"source ./script; complete -C '{line}'"],
                              cwd=folder, check=True, text=True, stdout=subprocess.PIPE)
        found = {entry.split("\t")[0] for entry in done.stdout.split("\n") if entry}
        before = re.match(r"(--[\w-]+=)", words[-1])
        return {entry[len(before.group(1)):] if before else entry for entry in found}


class Zsh:
    command = ["zsh", "-f", "-i"]
    setup = ("autoload -Uz compinit; compinit -D -u; source ./script; unsetopt list_beep; zstyle ':completion:*' menu no\n")
    define = "canvass() { printf '<%s>' \"$@\"; printf '!\\n'; }\n"
    # `compadd` is what every function of completion ends with: what it would add is written to the pipe.
    spy = r"""
typeset -ga all
compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-[a-zA-Z]#(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  local -a hits
  builtin compadd -A hits "$@"
  all+=($hits)
}
offer() { all=(); zle offered; print -rl -- $all > pipe; BUFFER= }
setopt extended_glob
zle -C offered complete-word _main_complete
zle -N offer
bindkey '^_' offer
"""

    def __init__(self):
        self.terminal = None

    def offers(self, folder, words):
        if self.terminal is None:
            os.mkfifo(os.path.join(folder, "pipe"))
            with open(os.path.join(folder, "spy"), "w", encoding="utf-8") as f:
                f.write(self.spy)
            self.terminal = Terminal(self.command, folder, self.setup + "source ./spy\n")
        self.terminal.send(" ".join(words) + "\x1f")
        with open(os.path.join(folder, "pipe"), encoding="utf-8") as f:
            return set(f.read().split())

    def close(self):
        if self.terminal is not None:
            self.terminal.close()


SHELLS = {"bash": Bash, "zsh": Zsh, "fish": Fish}


# ---- Promises ----------------------------------------------------------------------------------------------------

class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.shell = SHELLS[SHELL]()
        with open(os.path.join(cls.folder, "script"), "w", encoding="utf-8") as f:
            f.write(said("completion", SHELL))

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls.shell, "close"):
            cls.shell.close()
        shutil.rmtree(cls.folder)

    def offers(self, *words):
        """An option is expected only where one is begun; zsh offers them also where no operand is left."""
        found = self.shell.offers(self.folder, ["canvass", *words])
        return found if words[-1].startswith("-") else {word for word in found if not word.startswith("-")}

    def test_the_screens_name_what_is_compared(self):
        self.assertIn("run", SUBCOMMANDS)
        self.assertIn("completion", SUBCOMMANDS)
        self.assertIn("nps", ANALYSES)
        self.assertEqual(TOPICS, ["specification", "where", "formats"])
        self.assertEqual(options("run")["-o"], "FILE")
        self.assertIsNone(options("run")["--strict"])

    def test_every_subcommand_is_offered_and_nothing_else(self):
        self.assertEqual(self.offers(""), set(SUBCOMMANDS))
        self.assertEqual(self.offers("ru"), {"run"})
        self.assertEqual(self.offers("--"), {"--help", "--version"})
        self.assertEqual(self.offers("nonsense", ""), set())

    def test_every_option_of_every_subcommand_is_offered_and_nothing_else(self):
        for subcommand in SUBCOMMANDS:
            wanted = set(options(subcommand))
            self.assertEqual(self.offers(subcommand, "-"), wanted, subcommand)
            self.assertEqual(self.offers(subcommand, "--"), {o for o in wanted if o.startswith("--")}, subcommand)

    def test_closed_lists_are_offered(self):
        formats = re.search(r"--format FORMAT +(.*)", said("help", "run")).group(1)
        formats = set(re.findall(r"\b([a-z]+:?)", formats.replace("(default)", "").replace(" or ", " ")))
        self.assertEqual(formats, {"text", "html", "json", "csv", "xlsx", "pdf", "sheet:", "svg:"})
        self.assertEqual(self.offers("run", "--format", ""), formats)
        self.assertEqual(self.offers("run", "-f", ""), formats)
        self.assertEqual(self.offers("run", "--format=j"), {"json"})
        self.assertEqual(self.offers("run", "--lang", ""), {"en", "zh-Hans", "zh-Hant"})
        self.assertEqual(self.offers("run", "--color", ""), {"auto", "always", "never"})
        self.assertEqual(self.offers("jobs", "--state", ""), {"queued", "running", "done", "failed", "cancelled"})
        self.assertEqual(self.offers("keygen", "--role", ""), {"client", "worker", "both"})

    def test_files_that_are_read_have_other_formats(self):
        offered = self.offers("init", "--format", "")
        self.assertLessEqual({"csv", "ndjson", "xlsx", "sav", "dta", "qualtrics", "wenjuanxing"}, offered)
        self.assertNotIn("svg:", offered)

    def test_help_offers_all_that_it_knows(self):
        formats = {"text", "html", "json", "csv", "xlsx", "pdf", "sheet", "svg"}
        self.assertEqual(self.offers("help", ""), set(SUBCOMMANDS) | set(TOPICS) | set(ANALYSES) | formats)

    def test_operands_have_their_places(self):
        self.assertEqual(self.offers("store", ""), {"verify", "salvage", "backup"})
        self.assertEqual(self.offers("store", "verify", "a", "b", ""), set())
        self.assertEqual(self.offers("completion", ""), {"bash", "zsh", "fish"})
        self.assertEqual(self.offers("completion", "--lang", "en", "z"), {"zsh"})
        self.assertEqual(self.offers("completion", "bash", ""), set())

    def test_what_only_a_broker_knows_is_not_offered(self):
        for words in (["jobs", "--broker", ""], ["submit", "--dataset", ""], ["watch", ""], ["drop", ""], ["put", ""]):
            self.assertEqual(self.offers(*words), set(), words)

    def typed(self, lines):
        """What `canvass` is called with when LINES are typed, with Tab at each of their ends."""
        folder = os.path.join(self.folder, "typed")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(os.path.join(folder, "my surveys"))
        for name in ("answers of 2025.csv", "survey.yaml"):
            with open(os.path.join(folder, name), "w", encoding="utf-8"):
                pass
        shutil.copy(os.path.join(self.folder, "script"), folder)
        terminal = Terminal(self.shell.command, folder, self.shell.setup + self.shell.define)
        calls = []
        for line in lines:
            terminal.send(line + "\t\r")
            call = terminal.read_until(r">!\r?\n")
            calls.append(re.findall(r"<([^<>\r\n]*)>", re.search(r"(?:<[^<>\r\n]*>)+!", call).group(0).replace("/>", ">")))
        terminal.close()
        return calls

    def test_a_person_at_the_keyboard_gets_it(self):
        self.assertEqual(self.typed(["canvass ru", "canvass run surv", "canvass run survey.yaml answ",
                                     "canvass run survey.yaml x --format=js", "canvass run -o answ",
                                     "canvass broker --store my", "canvass put name surv"]),
                         [["run"], ["run", "survey.yaml"], ["run", "survey.yaml", "answers of 2025.csv"],
                          ["run", "survey.yaml", "x", "--format=json"], ["run", "-o", "answers of 2025.csv"],
                          ["broker", "--store", "my surveys"], ["put", "name", "survey.yaml"]])


if __name__ == "__main__":
    if shutil.which(SHELL) is None:
        print(f"skipped: {SHELL} is not installed")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1], verbosity=2)
