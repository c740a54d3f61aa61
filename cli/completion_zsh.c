/* The script for zsh: `_arguments` does the work. */
#include "cli/completion.h"

/* A text within single quotes, in a place that ends at ']' or ':'. */
static void put_quoted(const char *text, buf *out) {
  for (const char *c = text; *c != '\0'; c++) {
    if (*c == '\'') {
      buf_printf(out, "'\\''");
    } else {
      buf_printf(out, "%s%c", *c == '[' || *c == ']' || *c == ':' || *c == '\\' ? "\\" : "", *c);
    }
  }
}

typedef struct writing {
  buf *out;
  bool goes_on; /* which of the words: those behind which more is written, or the others */
} writing;

static void put_word(void *context, slice word) {
  const writing *w = context;
  if ((word.bytes[word.length - 1] == ':') == w->goes_on) {
    const int length = (int)word.length - (w->goes_on ? 1 : 0);
    buf_printf(w->out, " %.*s%s", length, word.bytes, w->goes_on ? "\\:" : ""); /* a ':' ends an action */
  }
}

/* What `_arguments` calls an action. */
static void put_action(completion_kind kind, const buf *words, buf *out) {
  switch (kind) {
    case COMPLETE_FILES:
      buf_printf(out, "_files");
      break;
    case COMPLETE_DIRECTORIES:
      buf_printf(out, "_files -/");
      break;
    case COMPLETE_WORDS: {
      writing w = {.out = out};
      buf_printf(out, "{compadd --");
      completion_each(words, put_word, &w);
      buf_printf(out, "; compadd -S \"\" --");
      w.goes_on = true;
      completion_each(words, put_word, &w);
      buf_printf(out, "}");
      break;
    }
    default:
      buf_printf(out, " ");
  }
}

static void put_option(const option *o, buf *out) {
  const bool takes = o->kind != OPTION_FLAG;
  const char *star = o->kind == OPTION_TEXTS ? "*" : "";
  if (o->letter != 0) {
    buf_printf(out, "      '%s(-%c --%s)'{-%c%s,--%s%s}'[", star, o->letter, o->name, o->letter,
               takes ? "+" : "", o->name, takes ? "=" : "");
  } else {
    buf_printf(out, "      '%s--%s%s[", star, o->name, takes ? "=" : "");
  }
  put_quoted(language_said(o->help), out);
  buf_printf(out, "]");
  if (takes) {
    buf words;
    buf_init(&words);
    const completion_kind kind = completion_of_option(o, &words);
    buf_printf(out, ":%s:", o->argument);
    put_action(kind, &words, out);
    buf_fini(&words);
  }
  buf_printf(out, "' \\\n");
}

static void put_operand(const subcommand *s, size_t place, buf *out) {
  buf words;
  buf_init(&words);
  const completion_kind kind = completion_of_operand(s, place, &words);
  if (completion_repeats(s) && place + 1 == completion_operands(s)) {
    buf_printf(out, "      '*:operand:");
  } else {
    buf_printf(out, "      '%zu:operand:", place + 1);
  }
  put_action(kind, &words, out);
  buf_printf(out, "' \\\n");
  buf_fini(&words);
}

static void put_subcommand(const subcommand *s, buf *out) {
  buf_printf(out, "  %s)\n    _arguments -s -S \\\n", s->name);
  for (size_t i = 0; i < s->options_count; i++) {
    put_option(&s->options[i], out);
  }
  for (size_t i = 0; i < completion_operands(s); i++) {
    put_operand(s, i, out);
  }
  buf_printf(out, "      '(- *)'{-h,--help}'[%s]'\n    ;;\n", language_say("help", "帮助", "說明"));
}

void completion_zsh(buf *out) {
  buf_put_text(out,
               "#compdef canvass\n"
               "# Completion of canvass for zsh, made by `canvass completion zsh`.\n"
               "_canvass() {\n"
               "  local -a subcommands\n"
               "  subcommands=(\n");
  for (size_t i = 0; i < subcommand_count(); i++) {
    buf_printf(out, "    '%s:", subcommand_at(i)->name);
    put_quoted(language_said(subcommand_at(i)->summary), out);
    buf_printf(out, "'\n");
  }
  buf_put_text(out,
               "  )\n"
               "  if ((CURRENT == 2)); then\n"
               "    _describe -t subcommands subcommand subcommands\n"
               "    [[ $words[2] == -* ]] && compadd -- -h --help --version\n"
               "    return\n"
               "  fi\n"
               "  local subcommand=$words[2]\n"
               "  shift words\n"
               "  ((CURRENT--))\n"
               "  case $subcommand in\n");
  for (size_t i = 0; i < subcommand_count(); i++) {
    put_subcommand(subcommand_at(i), out);
  }
  buf_put_text(out,
               "  esac\n"
               "}\n"
               "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
               "  _canvass \"$@\"\n"
               "else\n"
               "  compdef _canvass canvass\n"
               "fi\n");
}
