#!/usr/bin/env python3
"""The rules of the house, read off the tree: which room may include which, and what the documentation names.

The arrows between rooms are those of the table in docs/ARCHITECTURE.md, so that page and code cannot part.
"""
import os
import re
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LINES_MAX = 500
FUNCTION_LINES_MAX = 60
# Pages that tell of the past may name what is no more.
OF_THE_PAST = ("CHANGELOG.md", "docs/decisions/")


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def tree():
    """Every file of the project, by its path from the root; no build folders, nothing hidden."""
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(d for d in folders if not d.startswith((".", "build")))
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in sorted(files)]
    return found


FILES = tree()
KNOWN = set(FILES) | {os.path.dirname(f) for f in FILES}
for folder in list(KNOWN):
    while folder:
        KNOWN.add(folder)
        folder = os.path.dirname(folder)
C_FILES = [f for f in FILES if f.endswith((".c", ".h"))]
PAGES = [f for f in FILES if f.endswith(".md")]


def rooms():
    """{room: the rooms that it may include} from the table of docs/ARCHITECTURE.md; "all" is None."""
    table = {}
    for room, may in re.findall(r"^\| `(\w+)/` \|.*\| ([^|]+) \|$", read("docs/ARCHITECTURE.md"), re.M):
        named = {word for word in re.findall(r"[a-z]+", may) if os.path.isdir(os.path.join(ROOT, word))}
        table[room] = None if may.strip() == "all" else named | {room}
    return table


def includes(path):
    return re.findall(r'^#include "([^"]+)"', read(path), re.M)


class Rooms(unittest.TestCase):
    def test_the_page_names_every_room(self):
        with_code = {f.split("/")[0] for f in C_FILES if "/" in f} - {"bench", "examples"}
        self.assertEqual(with_code - set(rooms()), set())

    def test_a_room_includes_only_what_the_page_allows(self):
        allowed = rooms()
        wrong = []
        for path in C_FILES:
            may = allowed.get(path.split("/")[0])
            for name in includes(path):
                if may is not None and "/" in name and name.split("/")[0] not in may:
                    wrong.append(f"{path} includes {name}")
        self.assertEqual(wrong, [])

    def test_arrows_go_one_way(self):
        allowed = {room: may for room, may in rooms().items() if may is not None}

        def reach(room, seen):
            for other in allowed[room] - {room}:
                if other not in seen:
                    seen.add(other)
                    reach(other, seen)
            return seen

        self.assertEqual([room for room in allowed if room in reach(room, set())], [])


class Files(unittest.TestCase):
    def test_a_source_includes_its_own_header_first(self):
        wrong = []
        for path in C_FILES:
            own = path[:-2] + ".h"
            if path.endswith(".c") and own in KNOWN and includes(path)[:1] not in ([own], [os.path.basename(own)]):
                wrong.append(path)
        self.assertEqual(wrong, [])

    def test_a_header_is_guarded_by_its_path(self):
        wrong = []
        for path in C_FILES:
            guard = "CANVASS_" + re.sub(r"[^A-Z0-9]", "_", path.upper())
            text = read(path)
            if path.endswith(".h") and f"#ifndef {guard}\n#define {guard}\n" not in text:
                if path != "client/canvass.h" and not path.endswith("_body.h"):
                    wrong.append(path)
        self.assertEqual(wrong, [])

    def test_no_file_has_more_than_500_lines(self):
        self.assertEqual([f for f in C_FILES if read(f).count("\n") > LINES_MAX], [])

    def test_no_function_has_more_than_60_lines(self):
        wrong = []
        for path in C_FILES:
            if path.startswith("tests/"):
                continue  # a table of cases is as long as it has cases
            begin = None
            for number, line in enumerate(read(path).split("\n"), 1):
                if re.match(r"[a-zA-Z_].*\)( \w+)* \{$|^ +.*\) \{$", line) and begin is None and line[0] != " ":
                    begin = number
                elif line == "}" and begin is not None:
                    if number - begin + 1 > FUNCTION_LINES_MAX:
                        wrong.append(f"{path}:{begin}")
                    begin = None
        self.assertEqual(wrong, [])

    def test_nothing_is_a_drawer_for_anything(self):
        drawers = re.compile(r"(^|/)(util|utils|misc|helpers?|common)\.[ch]$")
        self.assertEqual([f for f in C_FILES if drawers.search(f)], [])


class Pages(unittest.TestCase):
    def pages(self):
        return [p for p in PAGES if not p.startswith(OF_THE_PAST)]

    def test_links_lead_to_files_that_are_there(self):
        wrong = []
        for page in PAGES:
            for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", read(page)):
                path = os.path.normpath(os.path.join(os.path.dirname(page), target))
                if "://" not in target and path not in KNOWN:
                    wrong.append(f"{page}: {target}")
        self.assertEqual(wrong, [])

    def test_files_that_are_named_are_there(self):
        first = {f.split("/")[0] for f in FILES if "/" in f}
        wrong = []
        for page in self.pages():
            if page.startswith("docs/adding-"):
                continue  # they name files to come
            for name in re.findall(r"`([\w./-]+/[\w./-]*)`", read(page)):
                path = name.rstrip("/")
                if path.split("/")[0] in first and path not in KNOWN and not path.startswith("build"):
                    wrong.append(f"{page}: {name}")
        self.assertEqual(wrong, [])

    def test_the_tests_that_reliability_names_are_there(self):
        tests = {os.path.basename(f)[:-2]: read(f) for f in FILES if f.startswith("tests/") and f.endswith("_test.c")}
        named = re.findall(r"`(\w+_test)`:((?:[,\s]*`\w+`)+)", read("docs/reliability.md"))
        self.assertGreater(len(named), 0)
        missing = [f"{program}: {sentence}" for program, sentences in named
                   for sentence in re.findall(r"`(\w+)`", sentences)
                   if f"static void {sentence}(void **" not in tests.get(program, "")]
        self.assertEqual(missing, [])

    def test_the_index_leads_to_every_page(self):
        index = read("docs/README.md")
        pages = [p for p in PAGES if p.startswith("docs/") and p != "docs/README.md"]
        self.assertEqual([p for p in pages if f"]({os.path.relpath(p, 'docs')})" not in index], [])

    def test_functions_that_adding_pages_name_are_there(self):
        code = "\n".join(read(f) for f in C_FILES)
        words = set(re.findall(r"\w+", code))
        names = {os.path.basename(f) for f in FILES}
        named = re.compile(r"`((?:broker|session|datasets|jobs|outgoing|sending|wire|message|reading|report|run|table)_\w+)`")
        wrong = []
        for page in self.pages():
            if page.startswith("docs/adding-"):
                wrong += [f"{page}: {name}" for name in named.findall(read(page)) if name not in words and f"{name}.c" not in names]
        self.assertEqual(wrong, [])

    def test_comments_name_pages_that_are_there(self):
        wrong = []
        for path in C_FILES:
            if path.startswith("tests/"):
                continue  # one adds a page in a copy of the tree
            for name in re.findall(r"\bdocs/[\w./-]+\.md\b", read(path)):
                if name not in KNOWN:
                    wrong.append(f"{path}: {name}")
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
