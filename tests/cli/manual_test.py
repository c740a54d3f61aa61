#!/usr/bin/env python3
"""The manual that is made from the tables: complete, without a warning of those who read it, and installed.

manual_test.py PROGRAM BUILD: what needs mandoc or man says so where they are not installed.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv[1])
BUILD = os.path.abspath(sys.argv[2])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80"}


def said(*words):
    return subprocess.run([PROGRAM, *words], check=True, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT).stdout


OVERVIEW = said("help")
SUBCOMMANDS = [name for line in re.findall(r"^(?:  |Besides: )((?:\w+, )*\w+)  ? *\S", OVERVIEW.split("\nOn:")[0], re.M)
               for name in line.split(", ")]
ANALYSES = re.sub(r"\s+", " ", OVERVIEW.split("analyses:")[1].split("Example")[0]).split()
PAGES = {"canvass.1": said("help", "--man"), "canvass-specification.5": said("help", "specification", "--man")}
PAGES.update({f"canvass-{name}.1": said("help", name, "--man") for name in SUBCOMMANDS})


def plain(page):
    """A page's text without fonts and escapes."""
    return re.sub(r"\\f[BIR]", "", page).replace("\\-", "-").replace("\\(aq", "'").replace("\\e", "\\")


def keys_of_the_documentation():
    """The keys in the tables of docs/specification.md: what is in backquotes in first cells below "key" and "entry"."""
    with open(os.path.join(ROOT, "docs", "specification.md"), encoding="utf-8") as f:
        lines = f.read().split("\n")
    keys, table = set(), None
    for line in lines:
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not cells:
            table = None
        elif table is None:
            table = cells[0]
        elif table == "key":
            keys |= set(re.findall(r"`(\w+)`", cells[0]))
        elif table == "entry":
            keys |= set(re.findall(r"`\{(\w+):", cells[0]))
    return keys


class Manual(unittest.TestCase):
    def test_every_subcommand_has_a_page_with_all_its_options(self):
        self.assertIn("run", SUBCOMMANDS)
        for name in SUBCOMMANDS:
            screen = said("help", name)
            page = plain(PAGES[f"canvass-{name}.1"])
            wanted = re.findall(r"^  (?:(-\w), |    )(--[\w-]+)", screen.split("Example:")[0], re.M)
            found = re.findall(r"^\.TP\n(?:(-\w), )?(--[\w-]+)", page, re.M)
            self.assertEqual(found, wanted, name)
            self.assertIn(".SH EXAMPLES", page)
            usage = re.search(r"Usage: (.*)", screen).group(1)
            for word in usage.replace(" | ", " ").split():
                self.assertIn(word, page.split(".SH SYNOPSIS")[1].split(".SH DESCRIPTION")[0], name)

    def test_the_page_of_the_program_names_all(self):
        page = plain(PAGES["canvass.1"])
        for name in SUBCOMMANDS:
            self.assertEqual(page.count(f"canvass-{name}(1)"), 2, name)
        for name in ANALYSES:
            self.assertIn(f".TP\n{name}\n", page)
        for heading in ("EXIT STATUS", "ENVIRONMENT", "LANGUAGE", "OUTPUT", "FORMATS"):
            self.assertIn(f".SH {heading}\n", page)

    def test_the_page_of_the_specification_has_every_key_of_the_documentation(self):
        page = plain(PAGES["canvass-specification.5"])
        named = set(re.findall(r"\w+", " ".join(re.findall(r"^\.TP\n(.*)", page, re.M))))
        besides = {"by", "where", "name"}  # of every analysis: in a sentence
        keys = keys_of_the_documentation()
        self.assertGreater(len(keys), 50)
        self.assertEqual(keys - named - besides, set())

    def test_the_page_of_the_specification_has_every_analysis_with_its_arguments(self):
        page = plain(PAGES["canvass-specification.5"])
        for name in ANALYSES:
            part = re.search(rf"^\.SS {name}\n(.*?)(?=^\.S[SH])", page, re.M | re.S).group(1)
            arguments = re.findall(r"^  (\w+) ", said("help", name).split("Arguments:\n")[1].split("Besides:")[0], re.M)
            self.assertEqual(re.findall(r"^\.TP\n(\w+)", part, re.M), arguments, name)

    def test_the_examples_of_topics_are_valid(self):
        example = said("help", "specification").split("Example:\n")[1]
        where = said("help", "where").split("Example:\n")[1]
        for page in (example, example.split("  analyses:")[0] + where):
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "survey.yaml")
                with open(path, "w", encoding="utf-8") as f:
                    f.write(re.sub(r"^  ", "", page, flags=re.M))
                done = subprocess.run([PROGRAM, "check", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                      check=False)
                self.assertEqual(done.returncode, 0, done.stdout + page)

    def test_mandoc_finds_no_fault(self):
        if shutil.which("mandoc") is None:
            self.skipTest("mandoc is not installed")
        for name, page in PAGES.items():
            done = subprocess.run(["mandoc", "-T", "lint"], input=page, stdout=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.stdout, "", name)

    def test_man_warns_of_nothing(self):
        if shutil.which("man") is None or shutil.which("groff") is None:
            self.skipTest("man or groff is not installed")
        for name, page in PAGES.items():
            done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-"], input=page, env=ENVIRONMENT,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)

    def test_pages_and_completion_are_installed(self):
        with tempfile.TemporaryDirectory() as place:
            subprocess.run(["cmake", "--install", BUILD, "--component", "program", "--prefix", place], check=True,
                           stdout=subprocess.DEVNULL)
            share = os.path.join(place, "share")
            for name, page in PAGES.items():
                with open(os.path.join(share, "man", "man" + name[-1], name), encoding="utf-8") as f:
                    self.assertEqual(f.read(), page)
            for shell, path in (("bash", "bash-completion/completions/canvass"), ("zsh", "zsh/site-functions/_canvass"),
                                ("fish", "fish/vendor_completions.d/canvass.fish")):
                with open(os.path.join(share, path), encoding="utf-8") as f:
                    self.assertEqual(f.read(), said("completion", shell))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
