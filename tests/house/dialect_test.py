#!/usr/bin/env python3
"""One dialect for pointers and statuses, as the compiler sees them.

A pointer is compared with NULL and is not a truth value; a local status is named `st`, and only a function that
has two names the other one for what it came from.  Needs clang-query and a build folder's compile_commands.json;
where there is no clang-query the test is skipped (exit code 77).
"""
import json
import os
import re
import shutil
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FILES_AT_ONCE = 20

OURS = "unless(isExpansionInSystemHeader())"
POINTER = 'ignoringParenImpCasts(expr(hasType(hasCanonicalType(pointerType()))).bind("pointer"))'
STATUS = 'qualType(hasDeclaration(typedefDecl(hasName("status"))))'
QUESTIONS = [
    f'unaryOperator({OURS}, hasOperatorName("!"), hasUnaryOperand({POINTER}))',
    f"ifStmt({OURS}, hasCondition({POINTER}))",
    f"whileStmt({OURS}, hasCondition({POINTER}))",
    f"doStmt({OURS}, hasCondition({POINTER}))",
    f"forStmt({OURS}, hasCondition({POINTER}))",
    f"conditionalOperator({OURS}, hasCondition({POINTER}))",
    f'binaryOperator({OURS}, hasAnyOperatorName("&&", "||"), hasLHS({POINTER}))',
    f'binaryOperator({OURS}, hasAnyOperatorName("&&", "||"), hasRHS({POINTER}))',
    f'implicitCastExpr({OURS}, hasCastKind("CK_PointerToBoolean"), has(expr().bind("pointer")))',
    # A vague name for a status: two in one function are told apart by what each came from.
    f'varDecl({OURS}, hasLocalStorage(), unless(parmVarDecl()), hasType({STATUS}), '
    'hasAnyName("s", "result", "res", "ret", "rc", "code", "outcome")).bind("status")',
]
FOUND = re.compile(r'^(/.+?):(\d+):(\d+): note: "(pointer|status)" binds here$', re.M)


def compiled_files(build):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as f:
        return sorted({entry["file"] for entry in json.load(f)})


def ask(build, files):
    script = ["set output diag", "set bind-root false"] + [f"match {question}" for question in QUESTIONS]
    commands = [option for line in script for option in ("-c", line)]
    done = subprocess.run(
        ["clang-query", "--extra-arg=-Wno-everything", "-p", build, *commands, *files],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", check=False)
    return done


class Dialect(unittest.TestCase):
    build = ""

    def test_pointers_are_compared_with_null_and_a_status_is_called_st(self):
        files = compiled_files(self.build)
        groups = [files[i:i + FILES_AT_ONCE] for i in range(0, len(files), FILES_AT_ONCE)]
        with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            answers = list(pool.map(lambda group: ask(self.build, group), groups))
        # What did not parse was not looked at, and a question that was not understood was not asked.
        for answer in answers:
            self.assertNotRegex(answer.stdout + answer.stderr, r"(?m)^.*Error (parsing|building) .*$")
            self.assertNotRegex(answer.stdout + answer.stderr, r"(?m)^.*: (fatal )?error: .*$")
        places = set()
        for answer in answers:
            for path, line, column, what in FOUND.findall(answer.stdout):
                name = os.path.relpath(path, ROOT)
                rule = "compare the pointer with NULL" if what == "pointer" else "call the status 'st'"
                places.add(f"{name}:{line}:{column}: {rule}")
        self.assertEqual(sorted(places), [])


if __name__ == "__main__":
    if shutil.which("clang-query") is None:
        print("skipped: clang-query is not installed (Debian: clang-tools)")
        sys.exit(77)
    Dialect.build = sys.argv.pop(1)
    unittest.main()
