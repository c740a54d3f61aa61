/* The list of actions: what must be kept goes out at once, everything else at the end of the step, so that
 * the former comes first. */
#include <stdlib.h>
#include <string.h>

#include "broker/core/core_inside.h"

static void append(core *c, core_actions *list, const core_action *action) {
  if (!ARRAY_ROOM(list->at, list->count, list->capacity)) {
    c->out_of_memory = true;
    return;
  }
  list->at[list->count++] = *action;
}

void core_keep(core *c, const core_action *action) {
  append(c, c->out, action);
}

void core_act(core *c, const core_action *action) {
  append(c, &c->later, action);
}

void core_flush(core *c) {
  for (size_t i = 0; i < c->later.count; i++) {
    append(c, c->out, &c->later.at[i]);
  }
  c->later.count = 0;
}

const core_blob *core_lend(core *c, const core_blob *blobs, size_t count) {
  core_blob *copy = ARENA_ARRAY(c->lent, core_blob, count);
  if (copy == NULL) {
    c->out_of_memory = true;
    return blobs;
  }
  memcpy(copy, blobs, count * sizeof *copy);
  return copy;
}

void core_release(core *c, core_blob *blob) {
  if (*blob) {
    core_act(c, &(core_action){.kind = CORE_RELEASE, .release = *blob});
    *blob = 0;
  }
}

void core_release_all(core *c, const core_event *e) {
  for (uint32_t i = 0; i < e->result.blobs_count; i++) {
    core_blob blob = e->result.blobs[i];
    core_release(c, &blob);
  }
}
