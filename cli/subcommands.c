/* The table of subcommands. */
#include <string.h>

#include "base/text.h"
#include "cli/subcommand.h"

static const subcommand *const subcommands[] = {
    &subcommand_run,
    &subcommand_check,
    &subcommand_help,
    &subcommand_version,
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
