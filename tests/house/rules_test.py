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


def modules_of_the_broker():
    """{folder of broker/: the folders of it that it may include} from the page's second table."""
    rows = re.findall(r"^\| `broker/(\w+)/` \|.*\| ([^|]+) \|$", read("docs/ARCHITECTURE.md"), re.M)
    names = {name for name, _ in rows}
    return {name: (set(re.findall(r"[a-z]+", may)) & names) | {name} for name, may in rows}


def calls(files):
    """{file: the files in which functions that it names are defined}; static functions are their file's own."""
    text = {}
    for path in files:
        code = re.sub(r'"(\\.|[^"\\])*"', '""', read(path))
        text[path] = re.sub(r"//[^\n]*", "", re.sub(r"/\*.*?\*/", "", code, flags=re.S))
    defined = {}
    for path, code in text.items():
        for name in re.findall(r"^(?!static|typedef)[a-zA-Z_][\w *]*?\b(\w+)\([^;{}]*\)\s*\{", code, re.M):
            defined[name] = path
    return {path: {defined[word] for word in set(re.findall(r"\w+", code)) if word in defined} - {path}
            for path, code in text.items()}


def circles(graph):
    """The groups of more than one in which each reaches all others."""
    reach = {}
    for begin in graph:
        seen, left = set(), [begin]
        while left:
            for other in graph[left.pop()] - seen:
                seen.add(other)
                left.append(other)
        reach[begin] = seen
    groups = {frozenset(other for other in reach[one] if one in reach[other]) for one in graph if one in reach[one]}
    return [sorted(group) for group in groups if len(group) > 1]


class Broker(unittest.TestCase):
    def test_the_page_names_every_module(self):
        folders = {f.split("/")[1] for f in C_FILES if f.startswith("broker/") and f.count("/") > 1}
        self.assertEqual(folders, set(modules_of_the_broker()))

    def test_a_module_includes_only_what_the_page_allows(self):
        allowed = modules_of_the_broker()
        wrong = []
        for path in C_FILES:
            parts = path.split("/")
            if parts[0] == "broker" and len(parts) > 2:
                for name in includes(path):
                    to = name.split("/")
                    if to[0] == "broker" and len(to) > 2 and to[1] not in allowed[parts[1]]:
                        wrong.append(f"{path} includes {name}")
        self.assertEqual(wrong, [])

    def test_no_module_sees_the_whole_broker(self):
        wrong = [path for path in C_FILES if path.startswith("broker/") and path.count("/") > 1
                 and "broker/shell.h" in includes(path)]
        self.assertEqual(wrong, [])

    def test_no_circle_of_calls_has_more_than_three_files(self):
        shell = [f for f in C_FILES if f.startswith("broker/") and f.endswith(".c") and not f.startswith("broker/core/")]
        self.assertEqual([c for c in circles(calls(shell)) if len(c) > 3], [])

    def test_nothing_but_the_catalog_and_the_upkeep_of_records_understands_what_is_kept(self):
        known = {"broker/catalog/": ("store/manifest.h", "base/json.h"), "broker/records/": ("store/manifest.h",)}
        wrong = []
        for path in C_FILES:
            if path.startswith("broker/"):
                may = next((names for folder, names in known.items() if path.startswith(folder)), ())
                wrong += [f"{path} includes {name}" for name in includes(path)
                          if name in ("store/manifest.h", "base/json.h") and name not in may]
        self.assertEqual(wrong, [])


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
