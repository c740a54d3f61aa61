/* The table of subcommands. */
#include <string.h>

#include "base/text.h"
#include "cli/subcommand.h"

static const subcommand *const subcommands[] = {
    &subcommand_run,      &subcommand_check,  &subcommand_put,     &subcommand_submit,
    &subcommand_watch,    &subcommand_report, &subcommand_jobs,    &subcommand_cancel,
    &subcommand_datasets, &subcommand_drop,   &subcommand_workers, &subcommand_broker,
    &subcommand_worker,   &subcommand_keygen, &subcommand_help,    &subcommand_version,
};

size_t subcommand_count(void) {
  return sizeof subcommands / sizeof subcommands[0];
}

const subcommand *subcommand_at(size_t index) {
  return subcommands[index];
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
