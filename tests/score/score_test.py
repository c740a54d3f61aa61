#!/usr/bin/env python3
"""What analyses make of single rows, beside what R makes of them (score.R, score.csv).

score_test.py PROGRAM
"""
import csv
import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8"}

VARIABLES = """
variables:
  "q*": {type: scale, range: [1, 10]}
  site: {type: nominal}
  w: {type: weight, kind: sampling}
"""
ANALYSES = """
analyses:
  - drivers: {name: linear, outcome: q1, predictors: [q2, q3, q4, site], importance: none}
  - drivers: {name: weighted, outcome: q1, predictors: [q2, q3], importance: none, weight: w}
  - drivers: {name: origin, outcome: q1, predictors: [q2, q4], importance: none, intercept: false}
  - logistic: {outcome: q1, event: [1..4], predictors: [q2, q3, q4, site]}
  - segment: {name: plain, items: [q2, q4, q5], scale: none, start: [[2, 2, 2], [6, 5, 5], [9, 9, 9]]}
  - segment: {name: scaled, items: [q2, q4, q5], start: [[2, 2, 2], [6, 5, 5], [9, 9, 9]]}
  - factors:
      items: [q2, q4, q5, q6, q7, q8, q9, q10]
      factors: 2
      extraction: ml
      rotation: none
rows:
  missing: reasons
  columns: [linear.predicted, linear.residual, weighted.predicted, origin.residual, logistic.probability,
    logistic.predicted, plain.segment, plain.distance, scaled.segment, scaled.distance, factors.factor1,
    factors.factor2]
"""
# R's factanal stops where its search does.
TOLERANCES = {"factors.factor1": 1e-5, "factors.factor2": 1e-5}


def survey():
    """The example's answers, with a site, a weight, and blanks: as score.R has them."""
    with open(os.path.join(ROOT, "examples", "customersat", "customersat.csv"), encoding="utf-8") as f:
        titles, *rows = csv.reader(f)
    titles += ["site", "w"]
    for number, row in enumerate(rows, 1):
        row += [["east", "north", "south"][number * 7 % 3], f"{1 + number % 3 / 2:g}"]
        if number % 97 == 0:
            row[2] = ""
    return titles, rows


class Scores(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.data = cls.path("survey.csv")
        titles, cls.rows = survey()
        with open(cls.data, "w", encoding="utf-8", newline="") as f:
            csv.writer(f, lineterminator="\n").writerows([titles, *cls.rows])
        cls.lines = cls.score(cls.spec(ANALYSES))

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    @classmethod
    def path(cls, name):
        return os.path.join(cls.directory.name, name)

    @classmethod
    def spec(cls, text):
        path = cls.path("spec.yaml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(VARIABLES + text)
        return path

    @classmethod
    def said(cls, status, *words):
        ended = subprocess.run([PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env=ENVIRONMENT)
        if ended.returncode != status:
            raise AssertionError(f"{words}: status {ended.returncode}\n{ended.stderr}")
        return ended

    @classmethod
    def score(cls, spec, *options):
        rows = cls.path("rows.csv")
        cls.said(0, "score", "-q", "-w", "2", *options, spec, cls.data, "-o", rows)
        with open(rows, encoding="utf-8") as f:
            return list(csv.DictReader(f))

    def test_scores_are_those_of_r(self):
        with open(os.path.join(HERE, "score.csv"), encoding="utf-8") as f:
            expected = list(csv.DictReader(f))
        self.assertGreater(len(expected), 100)
        for row in expected:
            line = self.lines[int(row["row"]) - 1]
            for title, value in row.items():
                self.assertEqual(line[title] == "", value == "", f"row {row['row']}, {title}")
                if value != "":
                    self.assertAlmostEqual(float(line[title]), float(value), delta=TOLERANCES.get(title, 2e-10),
                                           msg=f"row {row['row']}, {title}")

    def test_what_a_row_lacks_is_why_it_has_no_score(self):
        for number, line in enumerate(self.lines, 1):
            reason = "blank" if number % 97 == 0 else ""
            self.assertEqual(line["linear.predicted.missing"], reason)
            self.assertEqual(line["logistic.predicted.missing"], reason)
            self.assertEqual(line["plain.distance.missing"], "")

    def test_rows_are_the_same_for_any_shards(self):
        spec = self.spec(ANALYSES)
        for rows in ("100", "577"):
            self.assertEqual(self.score(spec, "--shard-rows", rows), self.lines)

    def test_rows_outside_where_have_no_score_and_by_changes_none(self):
        wanted = "rows: {missing: reasons, columns: [all.predicted, few.predicted]}\n"
        lines = self.score(self.spec("analyses:\n"
                                     "  - drivers: {name: all, outcome: q1, predictors: [q2, q3, q4, site],"
                                     " importance: none, by: q9}\n"
                                     "  - drivers: {name: few, outcome: q1, predictors: [q2], importance: none,"
                                     " where: q9 >= 8}\n" + wanted))
        for row, line, before in zip(self.rows, lines, self.lines):
            self.assertEqual(line["all.predicted"], before["linear.predicted"])
            self.assertEqual(line["few.predicted.missing"], "" if int(row[8]) >= 8 else "not_applicable")

    def test_a_model_that_could_not_be_made_gives_empty_cells(self):
        lines = self.score(self.spec("analyses:\n"
                                     "  - drivers: {outcome: q1, predictors: [q2], importance: none, where: q1 == 1}\n"
                                     "  - factors: {items: [q2, q4, q5, q6], factors: 1, extraction: ml}\n"
                                     "rows: [drivers.predicted, factors.factor2, factors.factor1]\n"))
        self.assertEqual({line["drivers.predicted"] + line["factors.factor2"] for line in lines}, {""})
        self.assertNotIn("", {line["factors.factor1"] for line in lines})

    def test_analyses_of_one_kind_are_told_apart_by_their_names(self):
        lines = self.score(self.spec("analyses:\n"
                                     "  - drivers: {outcome: q1, predictors: [q2], importance: none}\n"
                                     "  - drivers: {outcome: q1, predictors: [q2, q3, q4, site], importance: none}\n"
                                     "rows: [drivers.predicted, drivers_2.predicted]\n"))
        self.assertEqual([line["drivers_2.predicted"] for line in lines],
                         [line["linear.predicted"] for line in self.lines])
        self.assertNotEqual(lines[0]["drivers.predicted"], lines[0]["drivers_2.predicted"])

    def test_predicted_events_are_those_of_the_classification(self):
        spec = self.spec("analyses:\n  - logistic: {outcome: q1, event: [1..4], predictors: [q2, q4], cut: 0.25}\n"
                         "rows: [q1, logistic.predicted]\n")
        lines = self.score(spec)
        right = [sum(1 for line in lines if (int(line["q1"]) <= 4, line["logistic.predicted"]) == pair)
                 for pair in ((True, "1"), (False, "0"))]
        report = json.loads(self.said(0, "run", "-q", spec, self.data, "--format", "json").stdout)
        table = next(t for t in report["analyses"][0]["tables"] if t["name"] == "logistic_classification")
        row = table["rows"][0]
        self.assertEqual([row["true_positive"], row["true_negative"]], right)
        self.assertGreater(min(right), 0)

    def test_mistakes_in_names_of_scores_are_told_with_what_was_meant(self):
        analyses = ("analyses:\n  - drivers: {outcome: q1, predictors: [q2]}\n  - segment: {items: [q2, q4], k: 2}\n"
                    "  - nps: {items: q1}\n")
        for name, words in (("drivers.predict", "did you mean 'predicted'"),
                            ("drivers.probability", "predicted, residual"),
                            ("segment.", "segment, distance"),
                            ("nps.score", "'nps' makes nothing of single rows"),
                            ("divers.predicted", "drivers.predicted"),
                            ("nobody.predicted", "nobody.predicted")):
            ended = self.said(2, "score", self.spec(analyses + f"rows: [\"{name}\"]\n"), self.data)
            self.assertIn(words, ended.stderr.replace('"', "'"), name)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
