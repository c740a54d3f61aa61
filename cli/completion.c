/* canvass completion: a script for a shell, and what it offers. */
#include "cli/completion.h"

#include <string.h>

#include "base/text.h"
#include "cli/help.h"
#include "cli/output.h"
#include "reading/platform.h"
#include "reading/reader.h"
#include "stats/analyses/analysis.h"

/* ---- Lists --------------------------------------------------------------------------------------- */

static void put_word(buf *words, const char *word) {
  buf_printf(words, " %s", word);
}

static void list_subcommands(buf *words) {
  for (size_t i = 0; i < subcommand_count(); i++) {
    put_word(words, subcommand_at(i)->name);
  }
}

static void list_topics(buf *words) {
  for (size_t i = 0; help_topic_at(i) != NULL; i++) {
    put_word(words, help_topic_at(i)->name);
  }
}

static void list_analyses(buf *words) {
  for (size_t i = 0; i < analysis_count(); i++) {
    put_word(words, analysis_at(i)->name);
  }
}

static void list_report_formats(buf *words) {
  for (size_t i = 0; report_format_name(i) != NULL; i++) {
    put_word(words, report_format_name(i));
  }
}

static void list_input_formats(buf *words) {
  for (size_t i = 0; input_format_at(i) != NULL; i++) {
    put_word(words, input_format_at(i)->name);
  }
  for (size_t i = 0; platform_at(i) != NULL; i++) {
    put_word(words, platform_at(i)->name);
  }
}

/* What a word of help stands for, such as FILE; what is not here cannot be known. */
typedef struct meaning {
  const char *word;
  completion_kind kind;
  void (*list)(buf *words);
} meaning;

static const meaning arguments[] = {
    {"FILE", COMPLETE_FILES, NULL},
    {"SPEC", COMPLETE_FILES, NULL},
    {"DIR", COMPLETE_DIRECTORIES, NULL},
    {"FORMAT", COMPLETE_WORDS, list_input_formats},
};

static const meaning operands[] = {
    {"FILE", COMPLETE_FILES, NULL},
    {"SPEC", COMPLETE_FILES, NULL},
    {"DATA", COMPLETE_FILES, NULL},
    {"DIR", COMPLETE_DIRECTORIES, NULL},
    {"NEWDIR", COMPLETE_DIRECTORIES, NULL},
    {"SUBCOMMAND", COMPLETE_WORDS, list_subcommands},
    {"TOPIC", COMPLETE_WORDS, list_topics},
    {"ANALYSIS", COMPLETE_WORDS, list_analyses},
    {"FORMAT", COMPLETE_WORDS, list_report_formats},
};

static completion_kind look_up(const meaning *table, size_t count, slice word, buf *words) {
  for (size_t i = 0; i < count; i++) {
    if (slice_equal(word, slice_of(table[i].word))) {
      if (table[i].list != NULL) {
        table[i].list(words);
      }
      return table[i].kind;
    }
  }
  return COMPLETE_NOTHING;
}

/* ---- Options ------------------------------------------------------------------------------------- */

static completion_kind put_all(const char *const *list, buf *words) {
  for (size_t i = 0; list[i] != NULL; i++) {
    put_word(words, list[i]);
  }
  return COMPLETE_WORDS;
}

completion_kind completion_of_option(const option *o, buf *words) {
  switch (o->kind) {
    case OPTION_CHOICE:
      return put_all(o->choices, words);
    case OPTION_LANGUAGE:
      return put_all(plan_languages, words);
    case OPTION_FORMAT:
      for (size_t i = 0; report_format_name(i) != NULL; i++) {
        put_word(words, report_format_name(i));
        buf_printf(words, "%s", report_format_part(i) != NULL ? ":" : "");
      }
      return COMPLETE_WORDS;
    case OPTION_TEXT:
      return look_up(arguments, sizeof arguments / sizeof arguments[0], slice_of(o->argument), words);
    default:
      return COMPLETE_NOTHING;
  }
}

/* ---- Operands, from the usage -------------------------------------------------------------------- */

/* The next word of a usage, and what follows it; empty at the end. */
static slice next_word(const char **usage) {
  *usage += strspn(*usage, " ");
  const slice word = {*usage, strcspn(*usage, " ")};
  *usage += word.length;
  return word;
}

static bool begins(slice word, const char *text) {
  return word.length >= strlen(text) && memcmp(word.bytes, text, strlen(text)) == 0;
}

/* The next operand of an alternative, without brackets and dots; empty where it ends.  What options are is
 * passed over, with their values. */
static slice next_operand(const char **usage, bool *repeats) {
  slice word = next_word(usage);
  while (begins(word, "--") || begins(word, "[--") || begins(word, "[OPTIONS]")) {
    if (!begins(word, "[OPTIONS]")) {
      (void)next_word(usage);
    }
    word = next_word(usage);
  }
  if (word.length == 0 || (word.length == 1 && word.bytes[0] == '|')) {
    return (slice){"", 0};
  }
  const slice whole = word;
  while (word.length > 0 && strchr("[].", word.bytes[word.length - 1]) != NULL) {
    word.length--;
  }
  *repeats = whole.length - word.length >= 3;
  return word.bytes[0] == '[' ? (slice){word.bytes + 1, word.length - 1} : word;
}

/* Each of the alternatives in WORD: "JOB|FILE". */
static completion_kind put_alternatives(slice word, buf *words) {
  completion_kind kind = COMPLETE_NOTHING;
  while (word.length > 0) {
    const char *bar = memchr(word.bytes, '|', word.length);
    const slice one = {word.bytes, bar != NULL ? (size_t)(bar - word.bytes) : word.length};
    completion_kind found = COMPLETE_WORDS;
    if (one.bytes[0] >= 'a') { /* stands for itself */
      buf_printf(words, " %.*s", SLICE_ARG(one));
    } else {
      found = look_up(operands, sizeof operands / sizeof operands[0], one, words);
    }
    kind = found > kind ? found : kind;
    const size_t used = one.length + (bar != NULL);
    word = (slice){word.bytes + used, word.length - used};
  }
  return kind;
}

completion_kind completion_of_operand(const subcommand *s, size_t place, buf *words) {
  completion_kind kind = COMPLETE_NOTHING;
  const char *usage = s->usage;
  while (*usage != '\0') {
    bool repeats = false;
    slice word = next_operand(&usage, &repeats);
    for (size_t i = 0; word.length > 0; i++) {
      if (i == place) {
        const completion_kind found = put_alternatives(word, words);
        kind = found > kind ? found : kind;
      }
      word = next_operand(&usage, &repeats);
    }
  }
  return kind;
}

size_t completion_operands(const subcommand *s) {
  size_t most = 0;
  const char *usage = s->usage;
  while (*usage != '\0') {
    bool repeats = false;
    size_t count = 0;
    while (next_operand(&usage, &repeats).length > 0) {
      count++;
    }
    most = count > most ? count : most;
  }
  return most;
}

bool completion_repeats(const subcommand *s) {
  bool any = false;
  const char *usage = s->usage;
  while (*usage != '\0') {
    bool repeats = false;
    any = next_operand(&usage, &repeats).length > 0 && repeats ? true : any;
  }
  return any;
}

void completion_each(const buf *words, void (*put)(void *context, slice word), void *context) {
  slice rest = slice_trim((slice){(const char *)words->data, words->length});
  while (rest.length > 0) {
    const char *blank = memchr(rest.bytes, ' ', rest.length);
    const size_t length = blank != NULL ? (size_t)(blank - rest.bytes) : rest.length;
    put(context, (slice){rest.bytes, length});
    const size_t used = length + (blank != NULL);
    rest = (slice){rest.bytes + used, rest.length - used};
  }
}

/* ---- The subcommand ------------------------------------------------------------------------------ */

static const struct {
  const char *name;
  void (*put)(buf *out);
} shells[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};
enum { SHELLS = sizeof shells / sizeof shells[0] };

static status put_script(const char *shell, buf *out, error *err) {
  for (size_t i = 0; i < SHELLS; i++) {
    if (strcmp(shells[i].name, shell) == 0) {
      shells[i].put(out);
      return buf_status(out, "the script", err);
    }
  }
  return error_set(err, STATUS_USAGE, "'completion' does not know the shell '%s': it has bash, zsh and fish",
                   shell);
}

static status completion(const settings *s, const char *const *names, size_t count, error *err) {
  (void)s;
  (void)count;
  buf script;
  buf_init(&script);
  status st = put_script(names[0], &script, err);
  if (st == STATUS_OK) {
    st = output_write(NULL, &script, err);
  }
  buf_fini(&script);
  return st;
}

static const option options[] = {
    LANGUAGE_OPTION,
};

const subcommand subcommand_completion = {
    .name = "completion",
    .summary = BESIDES_SUMMARY,
    .usage = "[OPTIONS] bash|zsh|fish",
    .about = SAID("Prints a script with which a shell completes subcommands, options, their values\n"
                  "and file names on Tab.  Where canvass is installed, it is there already.\n",
                  "输出一段脚本，使 shell 按 Tab 键补全子命令、选项、选项的值与文件名。\n"
                  "安装的 canvass 已附带该脚本。\n",
                  "輸出一段指令碼，使 shell 按 Tab 鍵補全子命令、選項、選項的值與檔案名稱。\n"
                  "安裝的 canvass 已附帶該指令碼。\n"),
    .example =
        "canvass completion bash > ~/.local/share/bash-completion/completions/canvass\n"
        "canvass completion zsh > ~/.zsh/_canvass    # a folder of fpath\n"
        "canvass completion fish > ~/.config/fish/completions/canvass.fish\n",
    .options = options,
    .options_count = sizeof options / sizeof options[0],
    .operands_min = 1,
    .operands_max = 1,
    .operands_missing = "a shell: bash, zsh or fish",
    .run = completion,
};
