/* The table of subcommands. */
#include <string.h>

#include "base/text.h"
#include "cli/subcommand.h"

static const struct row {
  const subcommand *command;
  subcommand_section section;
} rows[] = {
#define SUBCOMMAND(name, section) {&subcommand_##name, SECTION_##section},
#include "cli/subcommands.def"
#undef SUBCOMMAND
};
enum { ROWS = sizeof rows / sizeof rows[0] };

size_t subcommand_count(void) {
  return ROWS;
}

const subcommand *subcommand_at(size_t index) {
  return rows[index].command;
}

subcommand_section subcommand_section_at(size_t index) {
  return rows[index].section;
}

const subcommand *subcommand_find(const char *name) {
  for (size_t i = 0; i < ROWS; i++) {
    if (strcmp(rows[i].command->name, name) == 0) {
      return rows[i].command;
    }
  }
  return NULL;
}

status subcommand_unknown(const char *name, error *err) {
  const char *names[ROWS];
  for (size_t i = 0; i < ROWS; i++) {
    names[i] = rows[i].command->name;
  }
  const char *nearest = text_nearest(slice_of(name), names, ROWS);
  if (nearest != NULL) {
    return error_set(err, STATUS_USAGE, "unknown subcommand '%s'; did you mean '%s'?", name, nearest);
  }
  return error_set(err, STATUS_USAGE, "unknown subcommand '%s'; see 'canvass help'", name);
}
