/* Random tables, written as each platform writes them, are read back as they were: with any delimiter, line
 * ends, quotes and encoding that such a file may have, whatever the threads and the cut. */
#include <iconv.h>

#include "reading/platform.h"
#include "tests/reading/csv_reading.h"
#include "tests/seeded.h"

enum { COLUMNS_MAX = 12, ROWS_MAX = 30, TEXT_BYTES = 160, CASES = SEEDED_CASES(3000) };

/* A table as it is meant. */
typedef struct table {
  uint32_t columns, rows;
  char names[COLUMNS_MAX][TEXT_BYTES]; /* as they are to be read */
  char labels[COLUMNS_MAX][TEXT_BYTES];
  char cells[ROWS_MAX][COLUMNS_MAX][TEXT_BYTES];
} table;

/* The header of a platform: what is written, row by row, and what is to come of it. */
typedef struct header {
  uint32_t rows;
  char texts[3][COLUMNS_MAX][TEXT_BYTES];
} header;

typedef void make_header(seeded *random, table *t, header *h);

/* ---- Titles -------------------------------------------------------------------------------------- */

static const char *const words[] = {"How", "satisfied", "Zufriedenheit", "für",   "满意度", "a, b",
                                    "x;y", "(1|2)",     "\"quoted\"",    "5 < 6", "&",      "Tab"};

static const char *word(seeded *random) {
  return words[seeded_below(random, sizeof words / sizeof words[0])];
}

/* A title that is one of a kind by its NUMBER; WRITTEN may have line breaks and tags, of which READ has none.
 */
static void make_title(seeded *random, uint32_t number, char *written, char *read) {
  int w = snprintf(written, TEXT_BYTES, "Q%u", number);
  int r = snprintf(read, TEXT_BYTES, "Q%u", number);
  for (uint64_t i = seeded_below(random, 4); i > 0; i--) {
    static const char *const gaps[] = {" ", "\n", " \n ", "<br>", "<br/> ", "&nbsp;"};
    const char *gap = gaps[seeded_below(random, sizeof gaps / sizeof gaps[0])];
    const char *text = word(random);
    const bool is_bold = seeded_below(random, 5) == 0;
    w += snprintf(written + w, (size_t)(TEXT_BYTES - w), "%s%s%s%s", gap, is_bold ? "<b>" : "", text,
                  is_bold ? "</b>" : "");
    r += snprintf(read + r, (size_t)(TEXT_BYTES - r), " %s", text);
  }
}

static void set(char *to, const char *text) {
  (void)snprintf(to, TEXT_BYTES, "%s", text);
}

/* The first columns have TITLES, the others random ones. */
static void make_one_row(seeded *random, table *t, header *h, const char *const *titles, uint32_t count) {
  h->rows = 1;
  for (uint32_t i = 0; i < t->columns; i++) {
    if (i < count) {
      set(h->texts[0][i], titles[i]);
      set(t->names[i], titles[i]);
    } else {
      make_title(random, i, h->texts[0][i], t->names[i]);
    }
  }
}

#define ONE_ROW(platform, ...)                                            \
  static void platform(seeded *random, table *t, header *h) {             \
    static const char *const titles[] = {__VA_ARGS__};                    \
    make_one_row(random, t, h, titles, sizeof titles / sizeof titles[0]); \
  }

ONE_ROW(limesurvey, "id", "submitdate", "lastpage", "q1[SQ001]")
ONE_ROW(microsoft_forms, "ID", "Start time", "Completion time", "Email", "Name")
ONE_ROW(kobo, "_id", "_uuid", "_submission_time", "grp/q")
ONE_ROW(redcap, "record_id", "q___1", "q___2", "form_complete")
ONE_ROW(typeform, "#", "Network ID", "Submit Date (UTC)")
ONE_ROW(wenjuanxing, "序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP")
ONE_ROW(tencent, "编号", "开始答题时间", "结束答题时间", "答题时长")

static void google_forms(seeded *random, table *t, header *h) {
  static const char *const titles[] = {"Timestamp"};
  make_one_row(random, t, h, titles, 1);
  for (uint32_t i = 0; i < t->rows; i++) {
    (void)snprintf(t->cells[i][0], TEXT_BYTES, "2025/03/%02u 9:10:%02u AM GMT+1", i % 28 + 1, i);
  }
}

/* Names, labels, and mostly the row of ids. */
static void qualtrics(seeded *random, table *t, header *h) {
  h->rows = seeded_below(random, 3) == 0 ? 2 : 3;
  for (uint32_t i = 0; i < t->columns; i++) {
    (void)snprintf(t->names[i], TEXT_BYTES, i == 0 ? "ResponseId" : "Q%u", i);
    set(h->texts[0][i], t->names[i]);
    make_title(random, i, h->texts[1][i], t->labels[i]);
    (void)snprintf(h->texts[2][i], TEXT_BYTES, "{\"ImportId\":\"QID%u\"}", i);
  }
  set(h->texts[1][0], "Response ID");
  set(t->labels[0], "Response ID");
}

/* Questions above runs of choices, or above `Response`. */
static void surveymonkey(seeded *random, table *t, header *h) {
  char question[TEXT_BYTES] = "Respondent ID";
  uint32_t left = 0;
  h->rows = 2;
  set(h->texts[0][0], question);
  set(t->names[0], question);
  for (uint32_t i = 1; i < t->columns; i++) {
    char choice[TEXT_BYTES] = "Response";
    if (left == 0) {
      left = 1 + (uint32_t)seeded_below(random, 4);
      make_title(random, i, h->texts[0][i], question);
    }
    set(h->texts[1][i], choice);
    if (left > 1 || h->texts[0][i][0] == '\0') {
      make_title(random, 100 + i, h->texts[1][i], choice);
    }
    left--;
    (void)snprintf(t->names[i], TEXT_BYTES, "%.70s | %.70s", question, choice);
  }
}

static const struct {
  const char *name;
  make_header *make;
} platforms[] = {{"qualtrics", qualtrics},
                 {"surveymonkey", surveymonkey},
                 {"limesurvey", limesurvey},
                 {"microsoft-forms", microsoft_forms},
                 {"google-forms", google_forms},
                 {"kobo", kobo},
                 {"redcap", redcap},
                 {"typeform", typeform},
                 {"wenjuanxing", wenjuanxing},
                 {"tencent", tencent}};

enum { PLATFORMS = sizeof platforms / sizeof platforms[0] };

/* ---- Writing ------------------------------------------------------------------------------------- */

static void make_cells(seeded *random, table *t) {
  static const char *const answers[] = {"",         "1",        "5",      "-99",  "4.50",  "a, b",
                                        "web;app;", "┋网站",    "(跳过)", "n/a",  "Y",     "x \"y\" z",
                                        "it|is",    "1,234.50", "très",   "True", "tab\tx"};
  for (uint32_t i = 0; i < t->rows; i++) {
    (void)snprintf(t->cells[i][0], TEXT_BYTES, "%u", 1000 + i);
    for (uint32_t k = 1; k < t->columns; k++) {
      set(t->cells[i][k], answers[seeded_below(random, sizeof answers / sizeof answers[0])]);
    }
    if (seeded_below(random, 4) == 0) {
      set(t->cells[i][t->columns - 1], "first line\nand a second");
    }
  }
}

typedef struct style {
  char delimiter;
  const char *ends[3]; /* of lines, one after the other */
  bool quotes_all, has_mark, is_utf16;
} style;

static void put_cell(const style *y, seeded *random, const char *text, bool is_first, buf *out) {
  const bool needs = strpbrk(text, ",;\t|\"\n") != NULL;
  if (!is_first) {
    buf_put_u8(out, (uint8_t)y->delimiter);
  }
  if (!needs && !(y->quotes_all && seeded_below(random, 8) > 0)) {
    buf_printf(out, "%s", text);
    return;
  }
  buf_put_u8(out, '"');
  for (; *text != '\0'; text++) {
    buf_printf(out, *text == '"' ? "\"\"" : "%c", *text);
  }
  buf_put_u8(out, '"');
}

static void put_row(const style *y, seeded *random, char (*cells)[TEXT_BYTES], uint32_t count, buf *out) {
  for (uint32_t i = 0; i < count; i++) {
    put_cell(y, random, cells[i], i == 0, out);
  }
  buf_printf(out, "%s", y->ends[seeded_below(random, 3)]);
}

static style make_style(seeded *random) {
  static const char *const all[] = {"\n", "\r\n", "\r"};
  static const char delimiters[] = ",;\t|";
  const bool is_mixed = seeded_below(random, 4) == 0;
  const char *end = all[seeded_below(random, 3)];
  style y = {.delimiter = delimiters[seeded_below(random, 4)],
             .quotes_all = seeded_below(random, 2) == 0,
             .has_mark = seeded_below(random, 3) == 0,
             .is_utf16 = seeded_below(random, 5) == 0};
  for (int i = 0; i < 3; i++) {
    y.ends[i] = is_mixed ? all[i % 2] : end; /* carriage returns end lines only where they end the first */
  }
  return y;
}

static void encode_utf16(buf *text) {
  iconv_t handle = iconv_open("UTF-16LE", "UTF-8");
  assert_true(handle != (iconv_t)-1);
  const size_t room = text->length * 2 + 4;
  char *wide = malloc(room);
  assert_non_null(wide);
  char *from = (char *)text->data;
  char *to = wide;
  size_t left = text->length;
  size_t free_bytes = room;
  assert_int_equal(iconv(handle, &from, &left, &to, &free_bytes), 0);
  iconv_close(handle);
  buf_clear(text);
  buf_put(text, wide, room - free_bytes);
  free(wide);
}

static void write_table(const style *y, seeded *random, table *t, header *h, buf *out) {
  if (y->has_mark) {
    buf_printf(out, "\xef\xbb\xbf");
  }
  for (uint32_t i = 0; i < h->rows; i++) {
    put_row(y, random, h->texts[i], t->columns, out);
  }
  for (uint32_t i = 0; i < t->rows; i++) {
    put_row(y, random, t->cells[i], t->columns, out);
  }
  if (y->is_utf16) {
    encode_utf16(out);
  }
}

/* ---- Reading ------------------------------------------------------------------------------------- */

static void check(uint64_t seed, const platform *p, const table *t, const header *h, const dataset *d) {
  const char *name = p->name;
  if (d->code != STATUS_OK) {
    fail_msg("seed %llu, %s: %s", (unsigned long long)seed, name, d->err.message);
  }
  const manifest *m = d->facts;
  if (!slice_is(m->files[0].reading.format, p->title) || m->files[0].reading.header_rows != h->rows) {
    fail_msg("seed %llu, %s: read as %.*s, %u rows", (unsigned long long)seed, name,
             SLICE_ARG(m->files[0].reading.format), m->files[0].reading.header_rows);
  }
  if (m->columns_count != t->columns || d->rows_count != t->rows || m->files[0].quarantined > 0) {
    fail_msg("seed %llu, %s: %u columns, %zu rows", (unsigned long long)seed, name, m->columns_count,
             d->rows_count);
  }
  for (uint32_t i = 0; i < t->columns; i++) {
    if (!slice_is(m->columns[i].name, t->names[i]) || !slice_is(m->columns[i].label, t->labels[i])) {
      fail_msg("seed %llu, %s: column %u is \"%.*s\" (%.*s), not \"%s\" (%s)", (unsigned long long)seed, name,
               i, SLICE_ARG(m->columns[i].name), SLICE_ARG(m->columns[i].label), t->names[i], t->labels[i]);
    }
    for (uint32_t k = 0; k < t->rows; k++) {
      if (!slice_is(d->rows[k].cells[i], t->cells[k][i])) {
        fail_msg("seed %llu, %s: row %u, column %u: \"%.*s\", not \"%s\"", (unsigned long long)seed, name, k,
                 i, SLICE_ARG(d->rows[k].cells[i]), t->cells[k][i]);
      }
    }
  }
}

static void check_seed(uint64_t seed) {
  static table t;
  static header h;
  seeded random = {seeded_seed() + seed};
  const size_t which = seed % PLATFORMS;
  memset(&t, 0, sizeof t);
  memset(&h, 0, sizeof h);
  t.columns = 7 + (uint32_t)seeded_below(&random, COLUMNS_MAX - 6);
  t.rows = 1 + (uint32_t)seeded_below(&random, ROWS_MAX);
  make_cells(&random, &t);
  platforms[which].make(&random, &t, &h);
  const style y = make_style(&random);
  buf text;
  buf_init(&text);
  write_table(&y, &random, &t, &h, &text);
  reading_column columns[COLUMNS_MAX];
  for (uint32_t i = 0; i < t.columns; i++) {
    columns[i] = (reading_column){t.names[i], READING_HINT_TEXT_CODES, false};
  }
  const reading_options options = {.columns = columns,
                                   .columns_count = t.columns,
                                   .shard_rows = 1 + (uint32_t)seeded_below(&random, 40),
                                   .threads = 1 + (unsigned)seeded_below(&random, 3)};
  dataset d = read_text(&options, text.data, text.length);
  check(random.state, platform_named(slice_of(platforms[which].name)), &t, &h, &d);
  drop_dataset(&d);
  buf_fini(&text);
}

static void tables_come_back_from_the_exports_of_every_platform(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= CASES; seed++) {
    check_seed(seed);
  }
}

static void every_platform_has_a_writer(void **state) {
  (void)state;
  size_t count = 0;
  for (; platform_at(count) != NULL; count++) {
  }
  assert_int_equal(count, PLATFORMS);
  for (size_t i = 0; i < PLATFORMS; i++) {
    assert_non_null(platform_named(slice_of(platforms[i].name)));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_platform_has_a_writer),
      cmocka_unit_test(tables_come_back_from_the_exports_of_every_platform),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
