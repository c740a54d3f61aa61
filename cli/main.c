/* The executable: finds the subcommand, reads its options, runs it, and turns its status into the exit
 * code.  Answers go to standard output, everything else to standard error. */
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/subcommand.h"

enum {
  SHARD_ROWS_DEFAULT = 65536,
  /* Each shard allocates and frees some megabytes. glibc would return them to the kernel every time
   * and fault them in again; below these sizes it keeps them. */
  KEPT_BLOCK_BYTES = 32 << 20,
  KEPT_FREE_BYTES = 64 << 20,
};

static status answer(void (*fill)(buf *out), error *err) {
  buf text;
  buf_init(&text);
  fill(&text);
  status st = buf_status(&text, "help", err);
  if (st == STATUS_OK) {
    st = output_write(NULL, &text, err);
  }
  buf_fini(&text);
  return st;
}

static status answer_help(const subcommand *s, error *err) {
  buf text;
  buf_init(&text);
  help_subcommand(s, &text);
  status st = buf_status(&text, "help", err);
  if (st == STATUS_OK) {
    st = output_write(NULL, &text, err);
  }
  buf_fini(&text);
  return st;
}

static status check_operands(const subcommand *s, size_t count, error *err) {
  if (count < s->operands_min) {
    return error_set(err, STATUS_USAGE, "'%s' needs %s; see 'canvass help %s'", s->name, s->operands_missing,
                     s->name);
  }
  if (count > s->operands_max) {
    return error_set(err, STATUS_USAGE, "'%s' takes at most %zu operands; see 'canvass help %s'", s->name,
                     s->operands_max, s->name);
  }
  return STATUS_OK;
}

static status run_subcommand(const subcommand *s, const char *const *arguments, size_t count, error *err) {
  settings chosen = {.shard_rows = SHARD_ROWS_DEFAULT, .language = -1, .role = -1, .job_state = -1};
  option_result result;
  status st = options_parse(s->options, s->options_count, arguments, count, &chosen, &result, err);
  language_choose(chosen.language);
  if (st == STATUS_OK && result.wants_help) {
    st = answer_help(s, err);
  } else if (st == STATUS_OK) {
    st = check_operands(s, result.operands_count, err);
    if (st == STATUS_OK) {
      st = s->run(&chosen, result.operands, result.operands_count, err);
    }
  }
  free(result.operands);
  return st;
}

static status dispatch(const char *const *arguments, size_t count, error *err) {
  if (count == 0) {
    return answer(help_bare, err);
  }
  static const struct {
    const char *name;
    void (*fill)(buf *out);
  } answers[] = {{"--help", help_overview}, {"-h", help_overview}, {"--version", version_text}};
  for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
    if (strcmp(arguments[0], answers[i].name) == 0) {
      return answer(answers[i].fill, err);
    }
  }
  if (arguments[0][0] == '-') {
    return error_set(err, STATUS_USAGE, "unknown option '%s' before a subcommand; see 'canvass help'",
                     arguments[0]);
  }
  const subcommand *s = subcommand_find(arguments[0]);
  return s == NULL ? subcommand_unknown(arguments[0], err) : run_subcommand(s, arguments + 1, count - 1, err);
}

/* If a standard stream were closed, the next file opened would take its place, and output would end up in
 * a store or a connection.  Reading the first stand-in fails, and writing to the second, as with closed ones.
 */
static void fill_closed_streams(void) {
  static const int modes[] = {O_WRONLY, O_RDONLY, O_RDWR};
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
    if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", modes[fd]) != fd) {
      _exit(EXIT_FAILURE);
    }
  }
}

int main(int argc, char **argv) {
  fill_closed_streams();
  (void)signal(SIGPIPE, SIG_IGN);
  (void)mallopt(M_MMAP_THRESHOLD, KEPT_BLOCK_BYTES);
  (void)mallopt(M_TRIM_THRESHOLD, KEPT_FREE_BYTES);
  error err = {STATUS_OK, ""};
  const size_t count = argc > 1 ? (size_t)argc - 1 : 0;
  status st = dispatch((const char *const *)argv + 1, count, &err);
  if (st != STATUS_OK && err.message[0] != '\0') {
    output_complain("%s", err.message);
  }
  if (st == STATUS_IO && output_is_unread()) { /* the exit that other programs have on a closed pipe */
    (void)signal(SIGPIPE, SIG_DFL);
    (void)raise(SIGPIPE);
  }
  return interrupt_exit_code(st);
}
