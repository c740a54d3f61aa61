/* The table of subcommands. */
#include <string.h>

#include "base/text.h"
#include "cli/subcommand.h"

static const subcommand *const subcommands[] = {
    &subcommand_run,      &subcommand_check,  &subcommand_put,     &subcommand_submit,
    &subcommand_watch,    &subcommand_report, &subcommand_jobs,    &subcommand_workers,
    &subcommand_datasets, &subcommand_cancel, &subcommand_drop,    &subcommand_broker,
    &subcommand_worker,   &subcommand_keygen, &subcommand_version, &subcommand_help,
};

/* Where the overview says what comes next is for. */
static const struct {
  const subcommand *first;
  const char *heading;
} headings[] = {
    {&subcommand_run, "Evaluate here"},
    {&subcommand_put, "Evaluate on a cluster"},
    {&subcommand_broker, "Run a cluster"},
    {&subcommand_version, "Besides"},
};

size_t subcommand_count(void) {
  return sizeof subcommands / sizeof subcommands[0];
}

const subcommand *subcommand_at(size_t index) {
  return subcommands[index];
}

const char *subcommand_heading(const subcommand *s) {
  for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++) {
    if (headings[i].first == s) {
      return headings[i].heading;
    }
  }
  return NULL;
}

const subcommand *subcommand_find(const char *name) {
  for (size_t i = 0; i < subcommand_count(); i++) {
    if (strcmp(subcommands[i]->name, name) == 0) {
      return subcommands[i];
    }
  }
  return NULL;
}

status subcommand_unknown(const char *name, error *err) {
  const char *names[sizeof subcommands / sizeof subcommands[0]];
  for (size_t i = 0; i < subcommand_count(); i++) {
    names[i] = subcommands[i]->name;
  }
  const char *nearest = text_nearest(slice_of(name), names, subcommand_count());
  if (nearest != NULL) {
    return error_set(err, STATUS_USAGE, "unknown subcommand '%s'; did you mean '%s'?", name, nearest);
  }
  return error_set(err, STATUS_USAGE, "unknown subcommand '%s'; see 'canvass help'", name);
}
