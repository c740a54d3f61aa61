/* Twelve monthly files of a survey, and short ways to read them as a specification says. */
#ifndef CANVASS_TESTS_SPECIFICATION_MONTHS_H
#define CANVASS_TESTS_SPECIFICATION_MONTHS_H

#include "specification/preparation.h"
#include "tests/check.h"
#include "tests/seeded.h"

enum { MONTHS = 12, PATH_BYTES = 400, KEPT_MAX = 96 };

/* A specification of the files; one for which numbers are texts; one of other columns. */
extern const char months_page[];
extern const char months_amount_as_text[];
extern const char months_other_page[];

typedef struct months_scene {
  char directory[256];
  char plain_paths[MONTHS][PATH_BYTES], packed_paths[MONTHS][PATH_BYTES];
  const char *plain[MONTHS], *packed[MONTHS]; /* these paths */
  store *blobs;
  manifest *kept[KEPT_MAX]; /* what months_read has made */
  size_t kept_count;
} months_scene;

/* A test whose state is a scene, drawn from the seed. */
int months_set_up(void **state);
int months_tear_down(void **state);
#define MONTHS_TEST(name) cmocka_unit_test_setup_teardown(name, months_set_up, months_tear_down)
void months_open_temporary(store **out);

/* TEXT must be a valid specification. */
spec *months_parse(const char *text);
/* As preparation_append; *OUT is the caller's. */
status months_try_read(const char *text, uint32_t shard_rows, const manifest *before,
                       const char *const *paths, const char *const *names, size_t count, store *into,
                       manifest **out, uint32_t *added, error *err);
/* The same, which must go well and add that many files; the scene frees the manifest. */
const manifest *months_read(months_scene *s, const char *text, uint32_t shard_rows, const manifest *before,
                            const char *const *paths, size_t count, store *into, uint32_t added_expected);
void months_assert_same(const manifest *a, const manifest *b);

#endif
