/* Topics: what is no subcommand, analysis or format, and is asked for all the same. */
#include <string.h>

#include "base/text.h"
#include "cli/help.h"
#include "reading/platform.h"
#include "reading/reader.h"

enum { SCREEN_COLUMNS = 80, NAME_COLUMNS = 6 };

static void put_specification(buf *out) {
  buf_put_text(out,
               "title, weight, confidence, small_base, seed, replicates\n"
               "             of the whole page; weight names a variable of type weight\n"
               "data:        where it is not recognised: encoding, delimiter, decimal, format,\n"
               "             sheet, skip, header, titles, labels, blank_rows, totals\n"
               "variables:   NAME: {type: scale, nominal, multi, ranking, number, date, id,\n"
               "             text or weight, column, label, missing, scale, optional, ...}\n"
               "scales:      answers that several variables share\n"
               "stack:       loops (brands, contacts) as rows\n"
               "constructs:  weighted, nested groups of items\n"
               "derived:     bands, recode, year, quarter, month, weekday, top, bottom, mean,\n"
               "             difference, cross, compute, chosen\n"
               "analyses:    - ANALYSIS: {ARGUMENTS, by, where, weight, name, label, ...}\n"
               "All keys: man canvass-specification.  'canvass init DATA' proposes a page,\n"
               "'canvass check SPEC DATA' compares it with the data.\n"
               "Example:\n"
               "  variables:\n"
               "    overall: {column: Q1, type: scale, range: [1, 5], missing: {9: dont_know}}\n"
               "    region:  {type: nominal}\n"
               "  analyses:\n"
               "    - csat: {items: overall, by: region, where: \"region != 'West'\"}\n");
}

static void put_where(buf *out) {
  buf_put_text(out,
               "and or not ( )        'not' binds tightest, 'or' least\n"
               "== != < <= > >=       a variable, then a value; order is for numbers, scales,\n"
               "                      dates and periods\n"
               "in (..) not in (..)   one of several values\n"
               "missing(x)            x has no answer, for whatever reason\n"
               "has(channel, 'web')   that option of a multiple choice was chosen\n"
               "\n"
               "A value is a number, or a text in ' or \" (doubled inside); dates and periods are\n"
               "texts: '2025-07-31', '2025-Q3', '2025-07'.  A scale may be compared with an\n"
               "answer text of its codebook.  A name with blanks or marks is in `backquotes`.\n"
               "\n"
               "A comparison with a missing answer is unknown, and a row is used only where the\n"
               "condition is true; the report says how many were left out for either cause.  To\n"
               "keep missing answers, ask for them: q1 != 3 or missing(q1)\n"
               "\n"
               "Example:\n"
               "  analyses:\n"
               "    - csat: {items: overall, where: \"region in ('North', 'South')\"}\n");
}

/* ---- Formats ------------------------------------------------------------------------------------- */

static void put_endings(const input_format *f, buf *out) {
  buf_printf(out, "  %-*s", NAME_COLUMNS, f->name);
  for (const char *const *ending = f->endings; *ending != NULL; ending++) {
    buf_printf(out, " %s", *ending);
  }
  buf_put_u8(out, '\n');
}

/* Names that `data: {format: NAME}` and `init --format` take, with the title where it is another word. */
static void put_platforms(buf *out) {
  size_t used = 0;
  for (size_t i = 0; platform_at(i) != NULL; i++) {
    const char *name = platform_at(i)->name;
    const size_t width = strlen(name) + (platform_at(i + 1) != NULL);
    const bool breaks = used == 0 || used + 1 + width > SCREEN_COLUMNS;
    buf_printf(out, "%s%s%s", breaks ? (i == 0 ? "  " : "\n  ") : " ", name,
               platform_at(i + 1) != NULL ? "," : "\n");
    used = breaks ? 2 + width : used + 1 + width;
  }
}

static void put_formats(buf *out) {
  buf_put_text(out,
               "Input, recognised by the first bytes, else by the name; plain, .gz or .zst;\n"
               "'data: {format: NAME}' decides for all files:\n");
  for (size_t i = 0; input_format_at(i) != NULL; i++) {
    put_endings(input_format_at(i), out);
  }
  buf_put_text(out, "Tables of survey platforms, recognised by their first records:\n");
  put_platforms(out);
  buf_put_text(out, "Output, --format of run, submit and report ('canvass help FORMAT'):\n");
  for (size_t i = 0; report_format_name(i) != NULL; i++) {
    buf_printf(out, "  %-*s %s\n", NAME_COLUMNS, report_format_name(i), report_format_about(i));
  }
  buf_put_text(out,
               "Example:\n"
               "  canvass run survey.yaml answers.xlsx more.csv.gz --format csv -o figures.csv\n");
}

/* ---- The table ----------------------------------------------------------------------------------- */

static const help_topic topics[] = {
    {"specification", "what columns mean and what to evaluate: a page of YAML", put_specification},
    {"where", "which rows an analysis uses", put_where},
    {"formats", "files that are read, and forms of the report", put_formats},
};
enum { TOPICS = sizeof topics / sizeof topics[0] };

const help_topic *help_topic_at(size_t index) {
  return index < TOPICS ? &topics[index] : NULL;
}

const help_topic *help_topic_find(const char *name) {
  for (size_t i = 0; i < TOPICS; i++) {
    if (strcmp(topics[i].name, name) == 0) {
      return &topics[i];
    }
  }
  return NULL;
}
