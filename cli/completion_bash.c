/* The script for bash. */
#include "cli/completion.h"

static const char begin[] =
    "# Completion of canvass for bash, made by `canvass completion bash`.\n"
    "_canvass() {\n"
    "  local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
    "  local options= valued= repeats= waiting= after= kind= word i n=0\n"
    "  local -a operands=()\n"
    "  COMPREPLY=()\n"
    "  if ((COMP_CWORD == 1)); then\n";

/* Words are cut at '=' and ':', so an option's value is one word or several, and may be the current one. */
static const char places[] =
    "  *) return ;;\n"
    "  esac\n"
    "  [[ $cur == : || $before == : ]] && return\n"
    "  for ((i = 2; i < COMP_CWORD; i++)); do\n"
    "    word=${COMP_WORDS[i]}\n"
    "    if [[ $word == : || $word == = ]]; then\n"
    "      ((i++))\n"
    "    elif [[ -z $after && $word == -- ]]; then\n"
    "      after=yes\n"
    "    elif [[ -z $after && $word == -?* ]]; then\n"
    "      [[ $valued == *\" $word \"* ]] || continue\n"
    "      [[ ${COMP_WORDS[i+1]} == = ]] && ((i++))\n"
    "      ((++i >= COMP_CWORD)) && waiting=$word\n"
    "    else\n"
    "      ((n++))\n"
    "    fi\n"
    "  done\n"
    "  [[ $cur == = ]] && cur=\n"
    "  if [[ -n $waiting ]]; then\n"
    "    case \"${COMP_WORDS[1]} $waiting\" in\n";

static const char end[] =
    "    esac\n"
    "  elif [[ -z $after && $cur == -* ]]; then\n"
    "    COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
    "    return\n"
    "  elif ((n < ${#operands[@]})); then\n"
    "    kind=${operands[n]}\n"
    "  elif [[ -n $repeats ]]; then\n"
    "    kind=${operands[${#operands[@]}-1]}\n"
    "  fi\n"
    "  case $kind in\n"
    "  files) compopt -o default ;; # as bash itself completes files, with their quotes\n"
    "  directories) compopt -o dirnames ;;\n"
    "  *)\n"
    "    COMPREPLY=($(compgen -W \"$kind\" -- \"$cur\"))\n"
    "    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *: ]] && compopt -o nospace\n"
    "    ;;\n"
    "  esac\n"
    "}\n"
    "complete -F _canvass canvass\n";

static void put_kind(completion_kind kind, const buf *words, buf *out) {
  static const char *const kinds[] = {
      [COMPLETE_NOTHING] = "", [COMPLETE_FILES] = "files", [COMPLETE_DIRECTORIES] = "directories"};
  if (kind == COMPLETE_WORDS) {
    buf_printf(out, "'%.*s'", (int)words->length - 1, (const char *)words->data + 1);
  } else {
    buf_printf(out, "'%s'", kinds[kind]);
  }
}

/* " -o --output" */
static void put_names(const option *o, buf *out) {
  if (o->letter != 0) {
    buf_printf(out, " -%c", o->letter);
  }
  buf_printf(out, " --%s", o->name);
}

static void put_subcommand(const subcommand *s, buf *out) {
  buf_printf(out, "  %s)\n    options='", s->name);
  for (size_t i = 0; i < s->options_count; i++) {
    put_names(&s->options[i], out);
  }
  buf_printf(out, " -h --help'\n    valued='");
  for (size_t i = 0; i < s->options_count; i++) {
    if (s->options[i].kind != OPTION_FLAG) {
      put_names(&s->options[i], out);
    }
  }
  buf_printf(out, " '\n    operands=(");
  for (size_t i = 0; i < completion_operands(s); i++) {
    buf words;
    buf_init(&words);
    const completion_kind kind = completion_of_operand(s, i, &words);
    buf_printf(out, "%s", i > 0 ? " " : "");
    put_kind(kind, &words, out);
    buf_fini(&words);
  }
  buf_printf(out, ") repeats=%s\n    ;;\n", completion_repeats(s) ? "yes" : "");
}

/* A case for each option whose values are known. */
static void put_values(const subcommand *s, buf *out) {
  for (size_t i = 0; i < s->options_count; i++) {
    const option *o = &s->options[i];
    buf words;
    buf_init(&words);
    const completion_kind kind = completion_of_option(o, &words);
    if (kind != COMPLETE_NOTHING) {
      buf_printf(out, "    '%s --%s'", s->name, o->name);
      if (o->letter != 0) {
        buf_printf(out, " | '%s -%c'", s->name, o->letter);
      }
      buf_printf(out, ") kind=");
      put_kind(kind, &words, out);
      buf_printf(out, " ;;\n");
    }
    buf_fini(&words);
  }
}

void completion_bash(buf *out) {
  buf_put_text(out, begin);
  buf_printf(out, "    COMPREPLY=($(compgen -W '");
  for (size_t i = 0; i < subcommand_count(); i++) {
    buf_printf(out, "%s ", subcommand_at(i)->name);
  }
  buf_printf(out, "-h --help --version' -- \"$cur\"))\n    return\n  fi\n  case ${COMP_WORDS[1]} in\n");
  for (size_t i = 0; i < subcommand_count(); i++) {
    put_subcommand(subcommand_at(i), out);
  }
  buf_put_text(out, places);
  for (size_t i = 0; i < subcommand_count(); i++) {
    put_values(subcommand_at(i), out);
  }
  buf_put_text(out, end);
}
