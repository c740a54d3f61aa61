/* Numbers that are invalid only for what stands around their digits: which `prefix`, `suffix` and `thousands`
 * would read them, and what single texts usually mean. */
#include <string.h>

#include "base/tidy.h"
#include "cli/census_finding.h"

enum { AROUND_BYTES_MAX = 32, TEXT_BYTES_MAX = 100, SEEN_MAX = 50 };

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* ---- Around the digits --------------------------------------------------------------------------- */

/* "¥1,200元": what is before, within and behind. */
typedef struct dressed_number {
  slice before, within, behind;
} dressed_number;

/* False: TEXT has no digits, or too much around them. */
static bool undress(slice text, dressed_number *out) {
  size_t from = 0;
  size_t to = text.length;
  while (from < text.length && !is_digit(text.bytes[from])) {
    from++;
  }
  while (to > from && !is_digit(text.bytes[to - 1])) {
    to--;
  }
  out->before = slice_trim((slice){text.bytes, from});
  out->within = (slice){text.bytes + from, to - from};
  out->behind = slice_trim((slice){text.bytes + to, text.length - to});
  const char first = out->before.length > 0 ? out->before.bytes[0] : '\0';
  if (first == '-' || first == '+') { /* "-$5" */
    out->before = slice_trim((slice){out->before.bytes + 1, out->before.length - 1});
  }
  return from < to && out->before.length <= AROUND_BYTES_MAX && out->behind.length <= AROUND_BYTES_MAX;
}

/* The mark between the thousands of WITHIN, where the other mark is MARK. */
static slice thousands_of(slice within, char mark) {
  static const char marks[] = ",.' ";
  for (size_t i = 0; i + 1 < sizeof marks; i++) {
    if (marks[i] != mark && memchr(within.bytes, marks[i], within.length) != NULL) {
      return (slice){&marks[i], 1};
    }
  }
  return (slice){"", 0};
}

/* What is around numbers, and in how many cells. */
typedef struct seen {
  slice text;
  uint64_t n;
} seen;

static void see(seen *list, uint32_t *count, slice text, uint64_t n) {
  uint32_t at = 0;
  while (at < *count && !slice_equal(list[at].text, text)) {
    at++;
  }
  if (text.length == 0 || at == SEEN_MAX) {
    return;
  }
  *count += at == *count;
  list[at].text = text;
  list[at].n += n;
}

static slice most(const seen *list, uint32_t count) {
  uint32_t best = 0;
  for (uint32_t i = 1; i < count; i++) {
    best = list[i].n > list[best].n ? i : best;
  }
  return count > 0 ? list[best].text : (slice){"", 0};
}

/* ---- Single numbers ------------------------------------------------------------------------------ */

static const struct multiple {
  const char *written;
  unsigned zeros;
} multiples[] = {{"k", 3}, {"K", 3}, {"千", 3}, {"万", 4}, {"萬", 4}, {"亿", 8}, {"億", 8}};

static const struct multiple *multiple_of(slice behind) {
  for (size_t i = 0; i < sizeof multiples / sizeof multiples[0]; i++) {
    if (slice_equal(behind, slice_of(multiples[i].written))) {
      return &multiples[i];
    }
  }
  return NULL;
}

/* NUMBER with ZEROS more; false: too many. */
static bool multiply(decimal *number, unsigned zeros) {
  bool fits = true;
  for (unsigned k = 0; fits && k < zeros; k++) {
    fits = number->scale > 0 || (number->mantissa < INT64_MAX / 10 && number->mantissa > INT64_MIN / 10);
    number->mantissa = fits && number->scale == 0 ? number->mantissa * 10 : number->mantissa;
    number->scale = (uint8_t)(number->scale > 0 ? number->scale - 1 : 0);
  }
  return fits;
}

/* What an accountant's "(12)", "1.2k" and "3.5万" mean; empty: something else. */
slice finding_number_meant(const finding *f, slice text) {
  program_variable plain = {.kind = VARIABLE_NUMBER, .thousands = slice_of(",")};
  const slice shut = text.length > 2 ? (slice){text.bytes + 1, text.length - 2} : (slice){"", 0};
  dressed_number d;
  decimal number;
  char digits[DECIMAL_SCALED_TEXT_BYTES];
  bool is_known = false;
  if (shut.length > 0 && text.bytes[0] == '(' && text.bytes[text.length - 1] == ')' &&
      is_digit(shut.bytes[0])) {
    is_known = frame_notation_number(&plain, f->mark, shut, &number);
    number.mantissa = -number.mantissa;
  } else if (undress(text, &d)) {
    const struct multiple *m = multiple_of(d.behind);
    const bool is_own = d.before.length == 0 || slice_equal(d.before, f->dressed.prefix) ||
                        slice_equal(d.before, f->item->variable->prefix);
    is_known = m != NULL && is_own && frame_notation_number(&plain, f->mark, d.within, &number) &&
               multiply(&number, m->zeros);
  }
  if (!is_known) {
    return (slice){"", 0};
  }
  return arena_slice(f->memory, (slice){digits, (size_t)decimal_format(decimal_normalise(number), digits)});
}

/* ---- All of them --------------------------------------------------------------------------------- */

bool finding_is_dressed(const finding *f, slice text) {
  decimal ignored;
  char room[TIDY_GROWTH * TEXT_BYTES_MAX];
  return f->dressed.kind == VARIABLE_NUMBER && text.length <= TEXT_BYTES_MAX &&
         frame_notation_number(&f->dressed, f->mark, tidy_text(text, room), &ignored);
}

/* F's invalid texts with what is most often around their digits. */
static bool look_around(finding *f, program_variable *out) {
  seen before[SEEN_MAX] = {{.n = 0}};
  seen behind[SEEN_MAX] = {{.n = 0}};
  seen between[SEEN_MAX] = {{.n = 0}};
  uint32_t counts[3] = {0};
  for (uint32_t i = 0; i < f->item->texts_count; i++) {
    const census_text *t = &f->item->texts[i];
    dressed_number d;
    if (t->reason != MISSING_INVALID || t->text.length > TEXT_BYTES_MAX ||
        finding_number_meant(f, t->text).length > 0 || !undress(t->text, &d) ||
        multiple_of(d.behind) != NULL) {
      continue;
    }
    see(before, &counts[0], d.before, t->n);
    see(behind, &counts[1], d.behind, t->n);
    see(between, &counts[2], thousands_of(d.within, f->mark), t->n);
  }
  const program_variable *v = f->item->variable;
  *out = *v;
  out->prefix = v->prefix.length > 0 ? v->prefix : most(before, counts[0]);
  out->suffix = v->suffix.length > 0 ? v->suffix : most(behind, counts[1]);
  out->thousands = v->thousands.length > 0 ? v->thousands : most(between, counts[2]);
  return counts[0] + counts[1] + counts[2] > 0;
}

void finding_undress(finding *f) {
  program_variable dressed;
  f->dressed = (program_variable){.kind = VARIABLE_TEXT};
  f->undressed = 0;
  if (f->item->variable->kind != VARIABLE_NUMBER || !look_around(f, &dressed)) {
    return;
  }
  f->dressed = dressed;
  for (uint32_t i = 0; i < f->item->texts_count; i++) {
    const census_text *t = &f->item->texts[i];
    f->undressed += t->reason == MISSING_INVALID && finding_is_dressed(f, t->text) ? t->n : 0;
  }
  if (f->undressed == 0) {
    f->dressed.kind = VARIABLE_TEXT;
  }
}

static void put_setting(const finding *f, const char *key, slice own, slice wanted, buf *line) {
  if (own.length == 0 && wanted.length > 0) {
    buf_printf(line, "%s%s: ", line->length > 0 ? ", " : "", key);
    finding_quote(f, wanted, line);
  }
}

void finding_ask_dressed(const finding *f, json *question) {
  const program_variable *v = f->item->variable;
  buf line;
  buf_init(&line);
  put_setting(f, "prefix", v->prefix, f->dressed.prefix, &line);
  put_setting(f, "suffix", v->suffix, f->dressed.suffix, &line);
  put_setting(f, "thousands", v->thousands, f->dressed.thousands, &line);
  json_set(question, "line", json_text(f->memory, (slice){(const char *)line.data, line.length}));
  json_set_integer(question, "n", (int64_t)f->undressed);
  buf_fini(&line);
}
