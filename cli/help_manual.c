/* Pages of the manual: canvass(1), and one for each subcommand. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/help.h"
#include "cli/roff.h"
#include "stats/analyses/analysis.h"

enum { NAME_BYTES = 64 };

/* ---- A subcommand -------------------------------------------------------------------------------- */

/* As on the screen, and which values there are. */
static void put_help(const option *o, buf *out) {
  buf text;
  buf_init(&text);
  buf_printf(&text, "%s", o->help[REPORT_EN]);
  if (o->kind == OPTION_FORMAT) {
    buf_printf(&text, ": ");
    help_formats_list(REPORT_EN, &text);
  } else if (o->kind == OPTION_COUNT) {
    buf_printf(&text, "; from %u to %u", o->low, o->high);
  } else if (o->kind == OPTION_BYTES) {
    buf_printf(&text, "; at least %uM", o->low);
  } else if (o->kind == OPTION_TEXTS) {
    buf_printf(&text, ", up to %d times", (int)OPTION_TEXTS_MAX);
  }
  buf_put_u8(&text, '\0');
  roff_text(out, text.data != NULL ? (const char *)text.data : "");
  buf_fini(&text);
}

static void put_option(const option *o, buf *out) {
  char names[NAME_BYTES];
  if (o->letter != 0) {
    (void)snprintf(names, sizeof names, "-%c, --%s", o->letter, o->name);
  } else {
    (void)snprintf(names, sizeof names, "--%s", o->name);
  }
  roff_term(out, names, o->argument != NULL ? o->argument : "");
}

static bool has_kind(const subcommand *s, option_kind kind) {
  for (size_t i = 0; i < s->options_count; i++) {
    if (s->options[i].kind == kind) {
      return true;
    }
  }
  return false;
}

/* Alternatives in a usage, as in "verify DIR | backup DIR NEWDIR", each on a line of its own. */
static void put_synopsis(const subcommand *s, buf *out) {
  const char *usage = s->usage;
  roff_heading(out, "SYNOPSIS");
  do {
    const char *bar = strstr(usage, " | ");
    const size_t length = bar != NULL ? (size_t)(bar - usage) : strlen(usage);
    char line[256];
    (void)snprintf(line, sizeof line, "`canvass` `%s` %.*s", s->name, (int)length, usage);
    roff_text(out, line);
    usage = bar != NULL ? bar + 3 : NULL;
    if (usage != NULL) {
      buf_printf(out, ".br\n");
    }
  } while (usage != NULL);
}

/* The others of its section. */
static void put_see_also(const subcommand *s, buf *out) {
  size_t own = 0;
  while (subcommand_at(own) != s) {
    own++;
  }
  roff_heading(out, "SEE ALSO");
  buf_printf(out, "\\fBcanvass\\fR(1)");
  for (size_t i = 0; i < subcommand_count(); i++) {
    if (i != own && subcommand_section_at(i) == subcommand_section_at(own)) {
      buf_printf(out, ",\n\\fBcanvass\\-%s\\fR(1)", subcommand_at(i)->name);
    }
  }
  buf_printf(out, ",\n\\fBcanvass\\-specification\\fR(5)\n");
}

static void put_subcommand(const subcommand *s, buf *out) {
  static const option help = {.letter = 'h', .name = "help"};
  char name[NAME_BYTES];
  (void)snprintf(name, sizeof name, "canvass-%s", s->name);
  roff_title(out, name, 1, s->summary[REPORT_EN]);
  put_synopsis(s, out);
  roff_heading(out, "DESCRIPTION");
  roff_text(out, s->about[REPORT_EN]);
  if (s->details != NULL) {
    roff_paragraph(out);
    roff_text(out, s->details);
  }
  roff_heading(out, "OPTIONS");
  for (size_t i = 0; i < s->options_count; i++) {
    put_option(&s->options[i], out);
    put_help(&s->options[i], out);
  }
  put_option(&help, out);
  roff_text(out, "a screen of help; other arguments are then ignored");
  if (has_kind(s, OPTION_FORMAT)) {
    roff_paragraph(out);
    roff_text(out, "`canvass`(1) says how a report is written to its place.");
  }
  roff_heading(out, "EXAMPLES");
  roff_lines(out, s->example);
  put_see_also(s, out);
}

/* ---- The program --------------------------------------------------------------------------------- */

static const char description[] =
    "Canvass evaluates customer-satisfaction surveys.  A specification, a page of YAML, says what the "
    "columns of "
    "survey files mean and what to evaluate (`canvass-specification`(5)); the report is text, JSON, CSV or "
    "pictures. "
    "All sums are exact: the report has the same bytes however the work was divided, here or on a cluster.\n"
    "\n"
    "`canvass help` NAME describes a subcommand, an analysis, a form of the report, or one of the topics "
    "`specification`, `where` and `formats` on a screen.";

static const char output[] =
    "`--format` chooses the form of a report; `svg:`NAME is the chart of the analysis NAME as a picture, "
    "`svg:`NAME/CHART another chart of it; `sheet:`NAME is the banner table of NAME for a spreadsheet, "
    "`sheet:`NAME/beside with letters beside the figures; an unknown name is an error that lists those there "
    "are.\n"
    "\n"
    "With `-o`, `--output` a report appears complete or not at all: a run that fails leaves the old file.  A "
    "destination that is the specification, a data file, a file of keys or inside the store, under any name, "
    "is "
    "refused before anything is read.  Devices, pipes and open files (/dev/stdout, /dev/fd/3) are written "
    "after what "
    "they hold.";

static const char input[] =
    "`-` is standard input, of data, of a specification, or of a report, once on a command line.  What comes "
    "through a "
    "pipe may be packed (gzip, zstd) and larger than memory.  A program before the pipe that fails may have "
    "written "
    "rows before: scripts begin with `set -o pipefail`.";

static const char language[] =
    "Reports, help, progress, notes and the tables of `canvass jobs`, `workers` and `datasets` are in the "
    "language of "
    "`--lang`, otherwise of the environment: LC_ALL, LC_MESSAGES or LANG, the first that is set.  Errors, "
    "warnings, "
    "the logs of broker and worker, what `canvass store` finds, JSON, help on analyses, formats and topics, "
    "and this "
    "manual are English.";

/* Terms and what they mean. */
typedef struct meaning {
  const char *term, *text;
} meaning;

static const meaning codes[] = {
    {"0", "Done."},
    {"1", "Failed: an input or output error, a job that failed, damaged data."},
    {"2", "Wrong usage, or a specification with mistakes."},
    {"3", "The broker cannot be reached."},
    {"4", "The data cannot be used, or do not fit the specification."},
    {"129, 130, 143", "Interrupted by SIGHUP, SIGINT (Ctrl-C) or SIGTERM."},
    {"141", "The output was not read to its end."},
};

static const meaning variables[] = {
    {"CANVASS_BROKER", "The broker's endpoint, in place of `--broker`."},
    {"CANVASS_IDENTITY", "The file of one's own pair of keys, in place of `--identity`."},
    {"CANVASS_BROKER_KEY", "The broker's public key or its file, in place of `--broker-key`."},
    {"CANVASS_PATIENCE", "How many seconds to wait for a broker that is away; default: 10."},
    {"CANVASS_KERNELS", "Another form of the inner loops; the figures are the same."},
    {"LC_ALL, LC_MESSAGES, LANG", "The language, see below."},
    {"NO_COLOR", "No colour, unless `--color` asks for it."},
    {"TMPDIR", "Where temporary files are: shards without `--store`, and what comes through a pipe."},
};

static void put_meanings(const char *heading, const meaning *list, size_t count, buf *out) {
  roff_heading(out, heading);
  for (size_t i = 0; i < count; i++) {
    roff_term(out, list[i].term, "");
    roff_text(out, list[i].text);
  }
}

/* As far as the end of the first sentence. */
static void put_first_sentence(const char *text, buf *out) {
  const char *end = text;
  do {
    end = strchr(end + 1, '.');
  } while (end != NULL && end[1] != ' ' && end[1] != '\n');
  buf sentence;
  buf_init(&sentence);
  buf_printf(&sentence, "%.*s", end != NULL ? (int)(end + 1 - text) : (int)strlen(text), text);
  buf_put_u8(&sentence, '\0');
  roff_text(out, sentence.data != NULL ? (const char *)sentence.data : "");
  buf_fini(&sentence);
}

static void put_subcommands(buf *out) {
  static const char *const headings[] = {
      [SECTION_HERE] = "Evaluate here",
      [SECTION_CLUSTER] = "Evaluate on a cluster",
      [SECTION_SERVICE] = "Run a cluster",
      [SECTION_BESIDES] = "Besides",
  };
  roff_heading(out, "SUBCOMMANDS");
  for (size_t i = 0; i < subcommand_count(); i++) {
    const subcommand_section section = subcommand_section_at(i);
    if (i == 0 || section != subcommand_section_at(i - 1)) {
      roff_subheading(out, headings[section]);
    }
    buf_printf(out, ".TP\n\\fBcanvass\\-%s\\fR(1)\n", subcommand_at(i)->name);
    put_first_sentence(subcommand_at(i)->about[REPORT_EN], out);
  }
}

static void put_analyses(buf *out) {
  roff_heading(out, "ANALYSES");
  for (size_t i = 0; i < analysis_count(); i++) {
    char text[NAME_BYTES * 4];
    (void)snprintf(text, sizeof text, "%c%s.", toupper((unsigned char)analysis_at(i)->summary[0]),
                   analysis_at(i)->summary + 1);
    roff_term(out, analysis_at(i)->name, "");
    roff_text(out, text);
  }
}

static void put_formats(buf *out) {
  buf screen;
  buf_init(&screen);
  help_topic_find("formats")->put(&screen);
  buf_put_u8(&screen, '\0');
  roff_heading(out, "FORMATS");
  roff_lines(out, screen.data != NULL ? (const char *)screen.data : "");
  buf_fini(&screen);
}

static void put_all_pages(buf *out) {
  roff_heading(out, "SEE ALSO");
  for (size_t i = 0; i < subcommand_count(); i++) {
    buf_printf(out, "\\fBcanvass\\-%s\\fR(1),\n", subcommand_at(i)->name);
  }
  buf_printf(out, "\\fBcanvass\\-specification\\fR(5),\n\\fBlibcanvass\\fR(3)\n");
}

static void put_program(buf *out) {
  static const struct {
    const char *heading, *text;
  } sections[] = {{"INPUT", input}, {"OUTPUT", output}, {"LANGUAGE", language}};
  roff_title(out, "canvass", 1, "evaluate satisfaction surveys, here or on a cluster");
  roff_heading(out, "SYNOPSIS");
  roff_text(out, "`canvass` SUBCOMMAND [OPTIONS] [OPERANDS]");
  buf_printf(out, ".br\n");
  roff_text(out, "`canvass` `help` [SUBCOMMAND|TOPIC|ANALYSIS|FORMAT]");
  roff_heading(out, "DESCRIPTION");
  roff_text(out, description);
  put_subcommands(out);
  put_analyses(out);
  put_formats(out);
  for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
    roff_heading(out, sections[i].heading);
    roff_text(out, sections[i].text);
  }
  put_meanings("EXIT STATUS", codes, sizeof codes / sizeof codes[0], out);
  put_meanings("ENVIRONMENT", variables, sizeof variables / sizeof variables[0], out);
  put_all_pages(out);
}

status help_manual(const char *name, buf *out, error *err) {
  const subcommand *s = name != NULL ? subcommand_find(name) : NULL;
  if (name == NULL) {
    put_program(out);
  } else if (s != NULL) {
    put_subcommand(s, out);
  } else if (strcmp(name, "specification") == 0) {
    help_manual_specification(out);
  } else {
    return error_set(err, STATUS_USAGE,
                     "the manual has no page '%s': it has those of subcommands, and 'specification'", name);
  }
  return STATUS_OK;
}
