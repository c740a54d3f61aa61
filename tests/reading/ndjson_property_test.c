/* Newline-delimited JSON against what was meant.
 *
 * From seeds: answers are drawn first, as texts; a slow writer then puts them down as objects in one of many
 * ways - keys in any order, members of objects inside written as such or by their paths, any letter as an
 * escape, blanks anywhere - among blank lines and lines cut off in their middle.  Whatever the cut and the
 * threads, the reader must give the answers back.  A failure prints its seed.
 */
#include "tests/reading/csv_reading.h"
#include "tests/seeded.h"

enum { CASES = SEEDED_CASES(1500), LINES_MAX = 24, KEYS = 8, CELL_BYTES = 160, TEXT_BYTES = 1 << 16 };

static const char *const keys[KEYS] = {"id", "q1", "n.x", "n.y", "n.z.w", "\xe5\xae\xa2", "a b", "q\"2"};

typedef struct meant_row {
  uint64_t ordinal, line;
  bool has[KEYS];
  char cells[KEYS][CELL_BYTES];
} meant_row;

typedef struct meant {
  char text[TEXT_BYTES];
  size_t length;
  meant_row rows[LINES_MAX];
  size_t rows_count;
  uint64_t records, quarantined, blank;
  int columns[KEYS]; /* by first appearance */
  int columns_count;
} meant;

static void put(meant *m, const char *text) {
  const size_t length = strlen(text);
  assert_true(m->length + length < TEXT_BYTES);
  memcpy(m->text + m->length, text, length);
  m->length += length;
}

static void put_blanks(meant *m, seeded *random) {
  static const char *const blanks[] = {"", "", "", " ", "\t", "  "};
  put(m, blanks[seeded_below(random, 6)]);
}

/* One letter of a text: as it is, or as an escape.  POINT is its code point. */
static void put_letter(meant *m, seeded *random, const char *letter, unsigned point) {
  char escape[16];
  const bool must = point < ' ' || point == '"' || point == '\\';
  if (!must && seeded_below(random, 4) > 0) {
    put(m, letter);
    return;
  }
  if (point == '"' || point == '\\') {
    snprintf(escape, sizeof escape, "\\%c", (char)point);
  } else if (point < 0x10000) {
    snprintf(escape, sizeof escape, "\\u%04x", point);
  } else {
    snprintf(escape, sizeof escape, "\\u%04X\\u%04x", 0xd800 + ((point - 0x10000) >> 10),
             0xdc00 + ((point - 0x10000) & 0x3ff));
  }
  put(m, escape);
}

static const struct {
  const char *letter;
  unsigned point;
} letters[] = {{"a", 'a'},
               {"b", 'b'},
               {" ", ' '},
               {"7", '7'},
               {",", ','},
               {"}", '}'},
               {"]", ']'},
               {"\"", '"'},
               {"\\", '\\'},
               {"\n", '\n'},
               {":", ':'},
               {"\t", '\t'},
               {"\xc3\xa9", 0xe9},
               {"\xe5\xae\xa2", 0x5ba2},
               {"\xf0\x9f\x98\x80", 0x1f600}};

/* A text of some letters in quotes; what it says goes behind CELL. */
static void put_text(meant *m, seeded *random, char *cell) {
  put(m, "\"");
  for (uint64_t left = seeded_below(random, 8); left > 0; left--) {
    const size_t i = (size_t)seeded_below(random, sizeof letters / sizeof letters[0]);
    put_letter(m, random, letters[i].letter, letters[i].point);
    strcat(cell, letters[i].letter);
  }
  put(m, "\"");
}

static const char *const scalars[] = {"0",    "5",     "-3.50", "-0",   "1e3", "12345678901234567890.5",
                                      "true", "false", "0.00",  "99999"};

static void trim(char *cell) {
  const slice s = slice_trim(slice_of(cell));
  memmove(cell, s.bytes, s.length);
  cell[s.length] = '\0';
}

static void put_scalar(meant *m, seeded *random, char *cell) {
  const uint64_t which = seeded_below(random, 20);
  cell[0] = '\0';
  if (which < sizeof scalars / sizeof scalars[0]) {
    put(m, scalars[which]);
    strcpy(cell, scalars[which]);
  } else if (which < 12) {
    put(m, "null");
  } else {
    put_text(m, random, cell);
    trim(cell);
  }
}

static void put_value(meant *m, seeded *random, char *cell) {
  if (seeded_below(random, 6) > 0) {
    put_scalar(m, random, cell);
    return;
  }
  put(m, "[");
  cell[0] = '\0';
  for (uint64_t i = 0, count = seeded_below(random, 4); i < count; i++) {
    char item[CELL_BYTES];
    put(m, i > 0 ? "," : "");
    put_blanks(m, random);
    put_scalar(m, random, item);
    if (!slice_is_invisible(slice_of(item))) {
      strcat(cell, cell[0] != '\0' ? "|" : "");
      strcat(cell, item);
    }
  }
  put(m, "]");
}

static void put_key(meant *m, seeded *random, const char *key) {
  put(m, "\"");
  for (; *key != '\0'; key++) {
    const char letter[2] = {*key, '\0'};
    if ((unsigned char)*key >= 0x80) {
      put(m, letter);
    } else {
      put_letter(m, random, letter, (unsigned char)*key);
    }
  }
  put(m, "\"");
  put_blanks(m, random);
  put(m, ":");
  put_blanks(m, random);
}

/* The member KEY, its path as objects or written out. */
static void put_member(meant *m, seeded *random, const char *key, char *cell) {
  const char *point = strchr(key, '.');
  put_blanks(m, random);
  /* Objects that follow each other with one key would be that key twice for others, not for this reader. */
  if (point == NULL || seeded_below(random, 2) == 0) {
    put_key(m, random, key);
    put_value(m, random, cell);
  } else {
    char outer[32] = {0};
    memcpy(outer, key, (size_t)(point - key));
    put_key(m, random, outer);
    put(m, "{");
    put_member(m, random, point + 1, cell);
    put(m, "}");
  }
  put_blanks(m, random);
}

/* An object with some of the keys, in any order. */
static void put_object(meant *m, seeded *random, meant_row *row) {
  int order[KEYS];
  for (int i = 0; i < KEYS; i++) {
    const int at = (int)seeded_below(random, (uint64_t)i + 1);
    order[i] = order[at];
    order[at] = i;
  }
  const uint64_t count = seeded_below(random, KEYS + 1);
  put(m, "{");
  for (uint64_t i = 0; i < count; i++) {
    put(m, i > 0 ? "," : "");
    row->has[order[i]] = true;
    put_member(m, random, keys[order[i]], row->cells[order[i]]);
    bool known = false;
    for (int c = 0; c < m->columns_count; c++) {
      known = known || m->columns[c] == order[i];
    }
    if (!known) {
      m->columns[m->columns_count++] = order[i];
    }
  }
  put(m, "}");
}

static bool is_blank(const meant_row *row) {
  bool blank = true;
  for (int i = 0; i < KEYS; i++) {
    blank = blank && (!row->has[i] || slice_is_invisible(slice_of(row->cells[i])));
  }
  return blank;
}

/* A line that is cut off, which adds no columns and no row. */
static void put_broken(meant *m, seeded *random) {
  const size_t begin = m->length;
  const int before = m->columns_count;
  meant_row ignored = {0};
  put_object(m, random, &ignored);
  m->columns_count = before;
  m->length = begin + 1 + (size_t)seeded_below(random, m->length - begin - 1);
  while (((unsigned char)m->text[m->length] & 0xc0) == 0x80) { /* in the middle of a letter */
    m->length--;
  }
  m->records++;
  m->quarantined++;
}

static void make_case(meant *m, seeded *random) {
  memset(m, 0, sizeof *m);
  const uint64_t lines = 1 + seeded_below(random, LINES_MAX);
  for (uint64_t line = 1; line <= lines; line++) {
    meant_row row = {.ordinal = m->records, .line = line};
    switch (seeded_below(random, 8)) {
      case 0:
        put_blanks(m, random);
        break;
      case 1:
        put_broken(m, random);
        break;
      default:
        put_object(m, random, &row);
        m->records++;
        if (is_blank(&row)) {
          m->blank++;
        } else {
          m->rows[m->rows_count++] = row;
        }
    }
    put(m, line == lines && seeded_below(random, 2) == 0 ? "" : seeded_below(random, 5) == 0 ? "\r\n" : "\n");
  }
}

static bool is_meant(const meant *m, const dataset *d) {
  const file_facts *f = &d->facts->files[0];
  bool same = d->rows_count == m->rows_count && f->records == m->records &&
              f->quarantined == m->quarantined && f->skipped[FILE_BLANK_ROWS].count == m->blank &&
              d->facts->columns_count == (uint32_t)m->columns_count;
  for (int c = 0; same && c < m->columns_count; c++) {
    same = slice_is(d->facts->columns[c].name, keys[m->columns[c]]);
  }
  for (size_t i = 0; same && i < m->rows_count; i++) {
    same = d->rows[i].ordinal == m->rows[i].ordinal && d->rows[i].line == m->rows[i].line;
    for (int c = 0; same && c < m->columns_count; c++) {
      const char *cell = m->rows[i].has[m->columns[c]] ? m->rows[i].cells[m->columns[c]] : "";
      same = slice_is(d->rows[i].cells[c], cell);
    }
  }
  return same;
}

static void what_was_meant_is_read_whatever_the_cut_and_the_threads(void **state) {
  (void)state;
  static meant m;
  const uint64_t first = seeded_seed();
  uint64_t read = 0;
  for (uint64_t seed = first; seed < first + (getenv("CANVASS_SEED") != NULL ? 1 : CASES); seed++) {
    seeded random = {seed};
    make_case(&m, &random);
    reading_options options = {.format = "ndjson"};
    options.shard_rows = 1 + (uint32_t)seeded_below(&random, 7);
    options.threads = 1 + (unsigned)seeded_below(&random, 3);
    dataset d = read_text(&options, m.text, m.length);
    if (m.rows_count == 0 ? d.code != STATUS_DATA : d.code != STATUS_OK || !is_meant(&m, &d)) {
      fail_msg("seed %llu: another reading than what was meant (%s) of:\n%.*s", (unsigned long long)seed,
               d.code != STATUS_OK ? d.err.message : "", (int)m.length, m.text);
    }
    read += m.rows_count;
    drop_dataset(&d);
  }
  assert_true(read > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_was_meant_is_read_whatever_the_cut_and_the_threads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
