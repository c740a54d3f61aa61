/* A piped file is kept before its header is read, so that it can be read from its start again. */
#include "specification/preparation.h"

#include <string.h>

#include "reading/dataset.h"
#include "reading/standard_input.h"

/* The columns of the dataset decide what the specification's patterns match; for a new one those of its first
 * file. */
static status find_columns(spec *specification, const manifest *before, const char *path,
                           reading_options *options, spec_problems *problems, error *err) {
  TRY(spec_reading_options(specification, NULL, options, problems, err));
  if (before != NULL) {
    return spec_reading_options(specification, before, options, problems, err);
  }
  manifest *header = NULL;
  buf account;
  buf_init(&account);
  status st = reading_header(options, path, &header, &account, err);
  if (st == STATUS_OK) {
    st = spec_reading_options(specification, header, options, problems, err);
  }
  if (st != STATUS_OK && problems->data_count > 0) {
    buf_put(&problems->account, account.data, account.length);
    buf_printf(&problems->account, "\n");
  }
  manifest_destroy(header);
  buf_fini(&account);
  return st;
}

static bool has_standard_input(const char *const *paths, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (strcmp(paths[i], "-") == 0) {
      return true;
    }
  }
  return false;
}

status preparation_columns(spec *specification, const manifest *before, const char *const *paths,
                           size_t count, reading_options *options, spec_problems *problems, error *err) {
  if (count == 0) {
    return error_set(err, STATUS_USAGE, "no data file is given");
  }
  const bool is_piped = has_standard_input(paths, count);
  if (is_piped) {
    TRY(standard_input_keep(options, err));
  }
  TRY(find_columns(specification, before, paths[0], options, problems, err));
  return is_piped ? standard_input_rewind(err) : STATUS_OK;
}

status preparation_append(spec *specification, const reading_options *options, const manifest *before,
                          const char *const *paths, size_t count, store *into, manifest **out,
                          uint32_t *added, spec_problems *problems, error *err) {
  reading_options o = *options;
  TRY(preparation_columns(specification, before, paths, count, &o, problems, err));
  return dataset_append(&o, before, paths, count, into, added, out, err);
}
