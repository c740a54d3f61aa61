/* canvass-specification(5): the keys of the page, then conditions, analyses and formats, from their tables.
 */
#include <ctype.h>
#include <string.h>

#include "cli/help.h"
#include "cli/roff.h"
#include "stats/analyses/analysis.h"

/* A part, which has no NAMES, or a key of the part before it. */
typedef struct row {
  const char *heading, *names, *argument, *text;
} row;

static const row rows[] = {
#define PART(heading, text)        {heading, NULL, NULL, text},
#define KEY(names, argument, text) {NULL, names, argument, text},
#include "cli/help_specification.def"
#undef KEY
#undef PART
};

/* Parts in capitals are sections of the page, others belong to the one before. */
static void put_part(const row *part, buf *out) {
  if (islower((unsigned char)part->heading[1])) {
    roff_subheading(out, part->heading);
  } else {
    roff_heading(out, part->heading);
  }
  roff_text(out, part->text);
}

static void put_keys(buf *out) {
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    if (rows[i].names == NULL) {
      put_part(&rows[i], out);
    } else {
      roff_term(out, rows[i].names, rows[i].argument);
      roff_text(out, rows[i].text);
    }
  }
}

static void put_topic(const char *heading, const char *name, buf *out) {
  buf screen;
  buf_init(&screen);
  help_topic_find(name)->put(&screen);
  buf_put_u8(&screen, '\0');
  roff_heading(out, heading);
  roff_lines(out, screen.data != NULL ? (const char *)screen.data : "");
  buf_fini(&screen);
}

static void put_argument(const analysis_argument *a, buf *out) {
  buf text;
  buf_init(&text);
  buf_printf(&text, "%s", a->help);
  for (size_t i = 0; a->choices != NULL && a->choices[i] != NULL; i++) {
    buf_printf(&text, "%s`%s`", i == 0 ? ": " : ", ", a->choices[i]);
  }
  if (a->required) {
    buf_printf(&text, "; required");
  } else if (a->fallback != NULL) {
    buf_printf(&text, "; default: %s", a->fallback);
  }
  buf_put_u8(&text, '\0');
  roff_term(out, a->name, "");
  roff_text(out, text.data != NULL ? (const char *)text.data : "");
  buf_fini(&text);
}

static void put_analyses(buf *out) {
  roff_heading(out, "ANALYSES");
  roff_text(out,
            "A list; each entry is the name of an analysis and a map of its arguments.  Besides its own, all "
            "take `name`, "
            "`label`, `where`, `confidence`, `small_base`, `seed` and `stack`; `by` (a name, a list, \"a * "
            "b\") and "
            "`weight` (a variable, or `none`) where that is said.");
  for (size_t i = 0; i < analysis_count(); i++) {
    const analysis_kind *kind = analysis_at(i);
    roff_subheading(out, kind->name);
    roff_lines(out, kind->about);
    for (uint32_t k = 0; k < kind->arguments_count; k++) {
      put_argument(&kind->arguments[k], out);
    }
    roff_paragraph(out);
    roff_text(out, kind->takes_breakdowns ? kind->takes_weight ? "Takes `by` and `weight`." : "Takes `by`."
                   : kind->takes_weight   ? "Takes `weight`."
                                          : "Takes neither `by` nor `weight`.");
    roff_lines(out, kind->example);
  }
}

void help_manual_specification(buf *out) {
  const help_topic *topic = help_topic_find("specification");
  roff_title(out, "canvass-specification", 5, topic->summary);
  put_topic("DESCRIPTION", "specification", out);
  put_keys(out);
  put_topic("WHERE", "where", out);
  put_analyses(out);
  put_topic("FORMATS", "formats", out);
  roff_heading(out, "SEE ALSO");
  buf_printf(out, "\\fBcanvass\\fR(1),\n\\fBcanvass\\-check\\fR(1),\n\\fBcanvass\\-init\\fR(1)\n");
  roff_text(out, "docs/specification.md and docs/analyses/ in the documentation of Canvass.");
}
