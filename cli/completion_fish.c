/* The script for fish: a line for each option, under the condition that its subcommand is typed. */
#include "cli/completion.h"

static const char begin[] =
    "# Completion of canvass for fish, made by `canvass completion fish`.\n"
    "function __canvass_in --argument-names subcommand\n"
    "    set -l words (commandline -opc)\n"
    "    test (count $words) -ge 2; and test \"$words[2]\" = $subcommand\n"
    "end\n"
    "\n"
    "# Whether the next operand of the subcommand is one from $first to $last.\n"
    "function __canvass_operand --argument-names subcommand first last\n"
    "    __canvass_in $subcommand; or return 1\n"
    "    set -l words (commandline -opc)\n"
    "    set -l valued (__canvass_valued $subcommand)\n"
    "    set -l place 1\n"
    "    set -l is_value 0\n"
    "    set -l is_after 0\n"
    "    set -e words[1..2]\n"
    "    for word in $words\n"
    "        if test $is_value = 1\n"
    "            set is_value 0\n"
    "        else if test $is_after = 0; and test \"$word\" = --\n"
    "            set is_after 1\n"
    "        else if test $is_after = 0; and string match -q -- '-?*' \"$word\"\n"
    "            contains -- \"$word\" $valued; and set is_value 1\n"
    "        else\n"
    "            set place (math $place + 1)\n"
    "        end\n"
    "    end\n"
    "    test $is_value = 0; and test $place -ge $first; and test $place -le $last\n"
    "end\n"
    "\n"
    "complete -c canvass -f\n"
    "complete -c canvass -n 'test (count (commandline -opc)) -eq 1' -s h -l help\n"
    "complete -c canvass -n 'test (count (commandline -opc)) -eq 1' -l version\n";

static void put_quoted(const char *text, buf *out) {
  buf_put_u8(out, '\'');
  for (const char *c = text; *c != '\0'; c++) {
    buf_printf(out, "%s%c", *c == '\'' || *c == '\\' ? "\\" : "", *c);
  }
  buf_put_u8(out, '\'');
}

/* The options that take a value: those before an operand are told from it. */
static void put_valued(buf *out) {
  buf_put_text(out, "\nfunction __canvass_valued\n    switch $argv[1]\n");
  for (size_t i = 0; i < subcommand_count(); i++) {
    const subcommand *s = subcommand_at(i);
    buf_printf(out, "        case %s\n            string split ' ' -- '", s->name);
    const char *before = "";
    for (size_t k = 0; k < s->options_count; k++) {
      const option *o = &s->options[k];
      if (o->kind != OPTION_FLAG) {
        buf_printf(out, "%s--%s", before, o->name);
        if (o->letter != 0) {
          buf_printf(out, " -%c", o->letter);
        }
        before = " ";
      }
    }
    buf_printf(out, "'\n");
  }
  buf_put_text(out, "    end\nend\n");
}

/* What follows the condition: files, directories or words. */
static void put_what(completion_kind kind, const buf *words, buf *out) {
  if (kind == COMPLETE_FILES) {
    buf_printf(out, " -F");
  } else if (kind == COMPLETE_DIRECTORIES) {
    buf_printf(out, " -a '(__fish_complete_directories)'");
  } else if (kind == COMPLETE_WORDS) {
    buf_printf(out, " -a '%.*s'", (int)words->length - 1, (const char *)words->data + 1);
  }
}

static void put_option(const subcommand *s, const option *o, buf *out) {
  buf_printf(out, "complete -c canvass -n '__canvass_in %s'", s->name);
  if (o->letter != 0) {
    buf_printf(out, " -s %c", o->letter);
  }
  buf_printf(out, " -l %s", o->name);
  if (o->kind != OPTION_FLAG) {
    buf words;
    buf_init(&words);
    const completion_kind kind = completion_of_option(o, &words);
    buf_printf(out, kind == COMPLETE_FILES ? " -r" : " -x");
    put_what(kind, &words, out);
    buf_fini(&words);
  }
  buf_printf(out, " -d ");
  put_quoted(language_said(o->help), out);
  buf_printf(out, "\n");
}

static void put_operand(const subcommand *s, size_t place, buf *out) {
  enum { ANY = 1000000 };
  const bool repeats = completion_repeats(s) && place + 1 == completion_operands(s);
  buf words;
  buf_init(&words);
  const completion_kind kind = completion_of_operand(s, place, &words);
  if (kind != COMPLETE_NOTHING) {
    buf_printf(out, "complete -c canvass -n '__canvass_operand %s %zu %zu'", s->name, place + 1,
               repeats ? (size_t)ANY : place + 1);
    put_what(kind, &words, out);
    buf_printf(out, "\n");
  }
  buf_fini(&words);
}

void completion_fish(buf *out) {
  buf_put_text(out, begin);
  put_valued(out);
  for (size_t i = 0; i < subcommand_count(); i++) {
    const subcommand *s = subcommand_at(i);
    buf_printf(out, "\ncomplete -c canvass -n 'test (count (commandline -opc)) -eq 1' -a %s -d ", s->name);
    put_quoted(language_said(s->summary), out);
    buf_printf(out, "\ncomplete -c canvass -n '__canvass_in %s' -s h -l help\n", s->name);
    for (size_t k = 0; k < s->options_count; k++) {
      put_option(s, &s->options[k], out);
    }
    for (size_t k = 0; k < completion_operands(s); k++) {
      put_operand(s, k, out);
    }
  }
}
