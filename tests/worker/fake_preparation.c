#include "tests/worker/fake_preparation.h"

#include "specification/preparation.h"

static fake_preparation used;

void fake_preparation_use(const fake_preparation *they) {
  used = they != NULL ? *they : (fake_preparation){0};
}

static status not_understood(error *err) {
  return error_set(err, STATUS_SPECIFICATION, "specification: is not understood");
}

status preparation_plan_task(slice page, slice dataset, buf *plan_bytes, buf *program_bytes, error *err) {
  return used.plan != NULL ? used.plan(used.context, page, dataset, plan_bytes, program_bytes, err)
                           : not_understood(err);
}

status preparation_read_task(slice page, slice before, const char *const *paths, const char *const *names,
                             size_t count, uint32_t shard_rows, store *into, buf *dataset, error *err) {
  return used.read != NULL
             ? used.read(used.context, page, before, paths, names, count, shard_rows, into, dataset, err)
             : not_understood(err);
}
