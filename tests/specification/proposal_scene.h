/* Proposals for files, and that they compile. */
#ifndef CANVASS_TESTS_SPECIFICATION_PROPOSAL_SCENE_H
#define CANVASS_TESTS_SPECIFICATION_PROPOSAL_SCENE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "specification/preparation.h"
#include "specification/proposal/proposal.h"
#include "tests/check.h"
#include "tests/process.h"

enum { PATH_BYTES = 400, PARTS_MAX = 8 };

typedef struct scene {
  char directory[256];
  store *blobs;
} scene;

static inline int set_up(void **state) {
  scene *s = calloc(1, sizeof *s);
  error err;
  assert_non_null(s);
  process_directory_new(s->directory, sizeof s->directory);
  assert_int_equal(store_new_temporary(NULL, &s->blobs, &err), STATUS_OK);
  *state = s;
  return 0;
}

static inline int tear_down(void **state) {
  scene *s = *state;
  store_destroy(s->blobs);
  process_directory_remove(s->directory);
  free(s);
  return 0;
}

/* The page with comments in LANGUAGE, terminated; to be freed. */
static inline char *propose_in(const scene *s, const char *const *paths, size_t count, int language) {
  manifest *m = NULL;
  error err;
  proposal_source source;
  const reading_options reading = {.shard_rows = 16, .threads = 2};
  if (proposal_read(&reading, paths, count, s->blobs, &m, &source, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  buf page;
  buf_init(&page);
  assert_int_equal(proposal_make(m, s->blobs, &source, language, &page, &err), STATUS_OK);
  manifest_destroy(m);
  buf_put_u8(&page, '\0');
  size_t length;
  return (char *)buf_take(&page, &length);
}

static inline char *propose(const scene *s, const char *const *paths, size_t count) {
  return propose_in(s, paths, count, 0);
}

/* Over the files that it was made from. */
static inline void check_compiles(const scene *s, const char *page, const char *const *paths, size_t count) {
  spec *parsed = NULL;
  manifest *m = NULL;
  plan *made = NULL;
  spec_problems problems = {.count = 0};
  error err;
  uint32_t added;
  const reading_options reading = {.shard_rows = 16, .threads = 1};
  if (spec_parse("page", page, strlen(page), &parsed, &problems, &err) != STATUS_OK ||
      preparation_append(parsed, &reading, NULL, paths, count, s->blobs, &m, &added, &problems, &err) !=
          STATUS_OK ||
      spec_plan(parsed, m, &made, &problems, &err) != STATUS_OK) {
    fail_msg("%s\n%.*s\n%s", err.message, (int)problems.text.length, (const char *)problems.text.data, page);
  }
  spec_problems_fini(&problems);
  plan_destroy(made);
  manifest_destroy(m);
  spec_destroy(parsed);
}

#endif
