/* Stands in for specification/preparation_tasks.c: linked into tests, it takes the place of the real one, so
 * that a test says what a plan or a read task gives, and when. */
#ifndef CANVASS_TESTS_WORKER_FAKE_PREPARATION_H
#define CANVASS_TESTS_WORKER_FAKE_PREPARATION_H

#include "store/store.h"

/* From computing threads; as preparation_plan_task and preparation_read_task.  NULL: the specification is not
 * understood. */
typedef struct fake_preparation {
  status (*plan)(void *context, slice page, slice manifest, buf *plan, buf *program, error *err);
  status (*read)(void *context, slice page, slice before, const char *const *paths, const char *const *names,
                 size_t count, uint32_t shard_rows, store *into, buf *dataset, error *err);
  void *context;
} fake_preparation;

/* THEY (NULL: none) are copied; before any worker starts. */
void fake_preparation_use(const fake_preparation *they);

#endif
